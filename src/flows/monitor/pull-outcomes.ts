import type { PullRecord } from '../records.ts';
import type { MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

/**
 * What came of each pull request that was opened from the issue. `last`: the issue is about to say it for the last time,
 * so that GitHub is asked where nobody has looked since the pull request ended.
 */
export async function pullOutcomes(
  scene: MonitorScene,
  { pulls }: MonitorRecord,
  last: boolean,
): Promise<{ number: number; outcome?: string }[]> {
  const { deps, records, ref, repository, deployment } = scene;
  const live = (await records.rollouts.get(`${repository}/${deployment.name}`))?.current;
  return Promise.all(
    pulls.map(async (number) => {
      const record = await records.pulls.get(`${repository}#${number}`);
      if (record?.promoted) return { number, outcome: merged(record, record.promoted, deployment.model, live) };
      if (record?.closed) return { number, outcome: record.merged ? 'merged' : 'closed unmerged' };
      if (!last) return { number, outcome: 'open' };
      const pull = await deps.github.pulls.get(ref, number);
      if (pull.merged) return { number, outcome: 'merged' };
      return { number, outcome: pull.state === 'closed' ? 'closed unmerged' : 'open' };
    }),
  );
}

function merged(
  { origin }: PullRecord,
  { versions, refused }: NonNullable<PullRecord['promoted']>,
  model: string,
  live: string | undefined,
): string {
  const version = versions.find((one) => one.model === model)?.version;
  if (version !== undefined) return version === live ? `merged and live as v${version}` : `merged as v${version}`;
  return refused.length > 0 && origin?.asked === 'retrain' ? 'merged, and nothing was released' : 'merged';
}
