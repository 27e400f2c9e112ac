import type { Command } from '../../domain/commands/command.ts';
import { code } from '../../render/markdown.ts';
import { versionsOf } from '../champion.ts';
import type { FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';
import { EMPTY_ROLLOUT, ROLLBACK, retarget } from './target.ts';

/** Makes an earlier version the target of a deployment, at once and without a canary. */
export async function askRollback(
  deps: FlowDeps,
  records: Records,
  repository: string,
  command: Extract<Command, { name: 'rollback' }>,
  asked: { by: string; at: number; id: string },
): Promise<{ ok: true; note: string } | { ok: false; reason: string }> {
  const declared = (await records.bases.get(repository))?.repository?.deployments ?? [];
  const deployment = declared.find((one) => one.name === command.deployment);
  if (!deployment) {
    const there = declared.map((one) => code(one.name)).join(', ') || 'none';
    const named =
      command.deployment === undefined
        ? 'the name of a deployment is missing'
        : `no deployment ${code(command.deployment)}`;
    return { ok: false, reason: `${named}; there is ${there}` };
  }
  const id = `${repository}/${deployment.name}`;
  const record = await records.rollouts.get(id);
  if (record?.applied.includes(asked.id)) {
    await deps.store.queue.request(formatKey({ kind: 'rollout', repository, name: deployment.name }));
    return { ok: true, note: noteOf(deployment.name, asked, record.target?.version ?? record.current) };
  }
  if (record?.target?.reason === ROLLBACK && !command.version)
    return { ok: false, reason: `it is going back to v${record.target.version} already` };
  // A rollout under way is given up in favour of what answers now.
  const version = command.version ?? (record?.target ? record.current : record?.previous.at(-1));
  const versions = await versionsOf(records, repository, deployment.model);
  if (!version || !versions.some((one) => one.version === version)) {
    const known = versions.map((one) => `v${one.version}`).join(', ') || 'none';
    return {
      ok: false,
      reason: command.version
        ? `no version ${code(command.version)} of ${code(deployment.model)}; there is ${known}`
        : 'there is no earlier version to go back to',
    };
  }
  if (version === record?.current && !record.target) return { ok: false, reason: `v${version} is live already` };
  await records.rollouts.update(id, (current) => {
    const before = current ?? EMPTY_ROLLOUT;
    if (before.applied.includes(asked.id)) return undefined;
    const next = retarget(before, { version, reason: ROLLBACK, by: asked.by, since: deps.clock.now() });
    return { ...next, applied: [...before.applied, asked.id].slice(-50) };
  });
  await deps.store.queue.request(formatKey({ kind: 'rollout', repository, name: deployment.name }));
  return { ok: true, note: noteOf(deployment.name, asked, version) };
}

function noteOf(deployment: string, asked: { by: string }, version: string | undefined): string {
  return `${code('/rollback')} of ${code(deployment)} to v${version} by ${code(asked.by)}`;
}
