import type { MonitorRecord } from '../records.ts';
import type { MonitorScene } from './scene.ts';

/** What came of each pull request that was opened from the issue. */
export async function pullOutcomes(
  { records, repository, deployment }: MonitorScene,
  { pulls }: MonitorRecord,
): Promise<{ number: number; outcome?: string }[]> {
  const live = (await records.rollouts.get(`${repository}/${deployment.name}`))?.current;
  return Promise.all(
    pulls.map(async (number) => {
      const record = await records.pulls.get(`${repository}#${number}`);
      if (!record?.promoted) return { number, outcome: record?.closed ? 'closed unmerged' : 'open' };
      const { versions, refused } = record.promoted;
      const version = versions.find(({ model }) => model === deployment.model)?.version;
      if (version !== undefined) {
        return { number, outcome: version === live ? `merged and live as v${version}` : `merged as v${version}` };
      }
      return { number, outcome: refused.length > 0 ? 'merged, and nothing was released' : 'merged' };
    }),
  );
}
