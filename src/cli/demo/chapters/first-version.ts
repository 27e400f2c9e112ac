/** The repository gets its first model, by the same channel as every later change. */

import { DEPLOYMENT, MODEL, needed, type Tale } from '../chapter.ts';
import type { CheckRun } from '../forge-view.ts';
import { mergePull, openPull } from '../pull-actions.ts';
import { infer, openTraffic } from '../traffic.ts';
import { until } from '../until.ts';
import { firstFiles, firstModelFiles } from '../variants.ts';
import { NAME, OWNER } from '../world.ts';

export async function firstVersion(tale: Tale): Promise<void> {
  const { world, view, narrator } = tale;
  narrator.chapter('A repository with a champion in production');

  await narrator.step(
    'repository',
    'A repository declares its policy and its data; Sluice is installed on it',
    async () => {
      const sha = await world.forge.importFiles(
        `${OWNER}/${NAME}`,
        'main',
        await firstFiles(world),
        'Declare policy and data',
        'owner',
      );
      world.forge.installApp(OWNER, [NAME]);
      const ready = await until('the server is ready', 20, async () => {
        const response = await fetch(`${world.server.url}/readyz`);
        return response.ok ? response.status : undefined;
      });
      return `main at ${sha}, ${world.forge.url}/${OWNER}/${NAME}; Sluice answers ${ready} on ${world.server.url}/readyz`;
    },
  );

  let head: string | undefined;
  let number: number | undefined;
  await narrator.step(
    'first-pull',
    'A pull request adds the first model, its deployment and its monitor',
    async (say) => {
      const pull = await openPull(tale, {
        branch: 'first-model',
        title: 'Predict late departures',
        files: await firstModelFiles(),
        body: 'Two features, to have something in production.',
      });
      head = pull.head.sha;
      number = pull.number;
      const plan = await view.waitCheck(head, 'sluice/plan', 30, completed, say);
      expectConclusion(plan, 'success');
      return `${pull.html_url}\n${plan.name}: ${plan.output.title} (${plan.html_url})`;
    },
  );

  await narrator.step('first-training', 'It is trained on January, for real', async (say) => {
    const check = await view.waitCheck(
      needed(head, 'the pull request'),
      `sluice/train: ${MODEL}`,
      90,
      completed,
      say,
      failed,
    );
    expectConclusion(check, 'success');
    return `${check.output.title}; artifact ${digestIn(check)}`;
  });

  await narrator.step(
    'first-release',
    'An owner approves, it is merged, the version is tagged and released',
    async (say) => {
      const sha = needed(head, 'the pull request');
      await view.waitCheck(sha, 'sluice/gate', 90, (run) => run.conclusion === 'action_required', say, failed);
      await view.say('owner', needed(number, 'the pull request'), '/approve');
      await view.waitCheck(sha, 'sluice/gate', 30, (run) => run.conclusion === 'success', say, failed);
      const merged = await mergePull(tale, needed(number, 'the pull request'));
      const tag = `${MODEL}@v1.0.0`;
      const commit = await until(`the tag ${tag}`, 30, () => view.tagCommit(tag));
      if (commit !== merged) throw new Error(`${tag} points to ${commit}, the merge is ${merged}`);
      const release = await until('the release', 20, () => view.release(tag).catch(() => undefined));
      tale.versions.push('1.0.0');
      return `${tag} → ${commit}\n${release.html_url}`;
    },
  );

  await narrator.step('first-live', 'Production answers with it', async (say) => {
    tale.servingUrl = await liveUrl(tale, '1.0.0', say);
    return answersWith(tale, '1.0.0');
  });
}

export const completed = (run: CheckRun): boolean => run.status === 'completed';
export const failed = (run: CheckRun): boolean => run.conclusion === 'failure';

export function expectConclusion(run: CheckRun, conclusion: string): void {
  if (run.conclusion !== conclusion)
    throw new Error(`${run.name} is ${run.conclusion}, not ${conclusion}: ${run.output.title}\n${run.output.summary}`);
}

/** The artifact's digest as the check tells it. */
export function digestIn(run: CheckRun): string {
  const digest = /Artifact `(sha256:[0-9a-f]{64})`/.exec(run.output.summary ?? '')?.[1];
  if (!digest) throw new Error(`${run.name} names no artifact:\n${run.output.summary}`);
  return digest;
}

/** Where the forge says that the version is live. */
export async function liveUrl(tale: Tale, version: string, say: (doing: string) => void): Promise<string> {
  return until(`${DEPLOYMENT} live with v${version}`, 60, async () => {
    for (const deployment of await tale.view.deployments()) {
      const newest = deployment.statuses[0];
      if (newest) say(newest.description);
      if (newest?.state === 'success' && newest.description.includes(`v${version}:`))
        return newest.environment_url || undefined;
    }
    return undefined;
  });
}

export async function answersWith(tale: Tale, version: string): Promise<string> {
  const traffic = await openTraffic(tale.world.warehouse.file);
  try {
    const flights = await traffic.flightsOf('2001-02-01', 3);
    const url = needed(tale.servingUrl, 'the address of the inference server');
    const answer = await infer(url, MODEL, flights);
    if (answer.version !== version) throw new Error(`version ${answer.version} answered, not ${version}`);
    const shown = flights.map(
      (flight, index) => `${flight.origin}→${flight.destination} ${answer.probabilities[index]?.toFixed(3)}`,
    );
    return `${url}/v2/models/${MODEL}: version ${answer.version}; ${shown.join(', ')}`;
  } finally {
    traffic.close();
  }
}
