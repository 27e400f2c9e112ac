import type { Command } from '../../domain/commands/command.ts';
import { isOn } from '../../domain/commands/help-text.ts';
import type { PullRequest } from '../../ports/github.ts';
import { code } from '../../render/markdown.ts';
import { answerAll, type Carry, type Outcome } from '../command/answer-all.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';
import { askRollback } from '../rollout/ask-rollback.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { MonitorRecord } from './monitor-record.ts';
import { openAcceptPull } from './open-accept-pull.ts';
import { openRetrainPull } from './open-retrain-pull.ts';
import { type MonitorScene, openScene } from './scene.ts';

/** Commands on an issue. Only issues of our monitors have any; on others nothing is answered. */
export async function reconcileIssue(
  deps: FlowDeps,
  records: Records,
  repository: string,
  number: number,
): Promise<Again> {
  const found = (await records.monitors.list(`${repository}/`)).find(({ value }) => isAbout(value, number));
  const name = found?.id.slice(repository.length + 1);
  const scene = name === undefined ? 'unknown' : await openScene(deps, records, repository, name);
  if (name === undefined || scene === 'unknown' || !('monitor' in scene)) return undefined;
  const carry: Carry = (command, asked) => carryOut(scene, command, asked);
  await answerAll(deps, records, scene.ref, `${repository}#${number}`, number, 'issue', carry, async () => {});
  await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name }));
  return undefined;
}

function isAbout({ issue, troubles = {} }: MonitorRecord, number: number): boolean {
  return issue?.number === number || Object.values(troubles).some((one) => one.issue?.number === number);
}

async function carryOut(scene: MonitorScene, command: Command, asked: Parameters<Carry>[1]): Promise<Outcome> {
  switch (command.name) {
    case 'help':
      return { ok: true, note: '' };
    case 'retrain': {
      const { from, to, ...others } = command.params;
      const unknown = [...command.models, ...Object.keys(others)];
      if (unknown.length > 0)
        return {
          ok: false,
          reason: `${unknown.map((key) => code(key)).join(', ')}: on a drift issue ${code('/retrain')} takes ${code('from=')} and ${code('to=')} only`,
        };
      return opened(
        await openRetrainPull(scene, {
          id: asked.id,
          ...(from === undefined ? {} : { from: String(from) }),
          ...(to === undefined ? {} : { to: String(to) }),
        }),
      );
    }
    case 'rollback': {
      const { deployment = scene.monitor.deployment } = command;
      return askRollback(scene.deps, scene.records, scene.repository, { ...command, deployment }, asked);
    }
    case 'accept':
      return opened(await openAcceptPull(scene, asked.id));
    case 'snooze':
      return snooze(scene, command.seconds, asked.by);
    case 'unsnooze':
      return snooze(scene, 0, asked.by);
    default:
      return { ok: false, reason: elsewhere(command) };
  }
}

function opened({ number }: PullRequest): Outcome {
  return { ok: true, note: `#${number}` };
}

async function snooze({ deps, records, id }: MonitorScene, seconds: number, by: string): Promise<Outcome> {
  const until = deps.monitorClock.now() + seconds * 1000;
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => {
    const { snoozed, ...awake } = stored;
    return seconds > 0 ? { ...awake, snoozed: { until, by } } : awake;
  });
  return { ok: true, note: '' };
}

function elsewhere({ name }: Command): string {
  const where = isOn(name, 'pull') ? 'belongs on a pull request' : 'means nothing here';
  return `${code(`/${name}`)} ${where}`;
}
