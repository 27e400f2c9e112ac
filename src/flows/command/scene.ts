/** Where a command on a pull request is carried out, and what several commands do there. */
import type { PullRequest, RepositoryRef } from '../../ports/github.ts';
import { code } from '../../render/markdown.ts';
import type { FlowDeps } from '../deps.ts';
import { EMPTY_PULL } from '../pull-request/empty-pull.ts';
import type { PullRecord, Records } from '../records.ts';
import type { Carry } from './answer-all.ts';

export type Scene = { deps: FlowDeps; records: Records; ref: RepositoryRef; id: string; pull: PullRequest };
export type Asked = Parameters<Carry>[1];

export function repositoryOf({ ref }: Scene): string {
  return `${ref.owner}/${ref.name}`;
}

/** Changes the record once: a command that was interrupted after this finds its id there. */
export async function change(scene: Scene, asked: Asked, how: (record: PullRecord) => PullRecord): Promise<void> {
  await scene.records.pulls.update(scene.id, (current) => {
    const record = current ?? EMPTY_PULL;
    if (record.applied.includes(asked.id)) return undefined;
    return { ...how(record), applied: [...record.applied, asked.id].slice(-100) };
  });
}

/** Those of the pull request that are named; all where none is. */
export function modelsOf(
  record: PullRecord | undefined,
  wanted: string[],
): { ok: true; models: { name: string; path: string }[] } | { ok: false; reason: string } {
  const known = record?.governing?.models ?? [];
  const unknown = wanted.filter((name) => !known.some((model) => model.name === name));
  if (unknown.length > 0) {
    const there = known.length > 0 ? `; there is ${known.map((model) => code(model.name)).join(', ')}` : '';
    return {
      ok: false,
      reason: `no model ${unknown.map((name) => code(name)).join(', ')} in this pull request${there}`,
    };
  }
  if (known.length === 0)
    return { ok: false, reason: 'this pull request declares no model (or its specs cannot be read yet)' };
  return { ok: true, models: wanted.length > 0 ? known.filter((model) => wanted.includes(model.name)) : known };
}
