import type { RepositoryRef } from '../../ports/github.ts';
import { code } from '../../render/markdown.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';
import { troubleMarker } from './keep-trouble.ts';

/** A monitor that is not declared any more leaves no issue behind that nobody would close, and nothing to go on from. */
export async function retire(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  repository: string,
  name: string,
): Promise<undefined> {
  const id = `${repository}/${name}`;
  const record = await records.monitors.get(id);
  if (!record) return;
  const { issue, troubles = {} } = record;
  const left = [
    { issue, marker: `monitor/${name}/${issue?.since}` },
    ...Object.values(troubles).map((one) => ({ issue: one.issue, marker: troubleMarker(name, one) })),
  ];
  for (const one of left) {
    if (!one.issue?.open) continue;
    await deps.github.issues.upsert(ref, {
      marker: one.marker,
      title: `${name}: not watched any more`,
      body: `The monitor ${code(name)} is not declared on the default branch any more. Whether what it saw is over, nobody looks.`,
      labels: [],
      assignees: [],
      state: 'closed',
      ...(one.issue.number > 0 ? { knownNumber: one.issue.number } : {}),
    });
  }
  await records.monitors.remove(id);
}
