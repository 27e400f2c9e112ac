/** Back to the version before, with one comment; and a last look that nothing was done twice. */
import { DEPLOYMENT, MODEL, type Tale } from '../chapter.ts';
import { until } from '../until.ts';
import { NAME, OWNER } from '../world.ts';
import { answersWith } from './first-version.ts';

const REPO = { owner: OWNER, repo: NAME };

export async function rollback(tale: Tale): Promise<void> {
  const { view, narrator } = tale;
  narrator.chapter('Back, and a last look');

  await narrator.step('rollback', `/rollback ${DEPLOYMENT}: production answers with the version before`, async () => {
    const pulls = (await view.api.pulls.list({ ...REPO, state: 'closed', per_page: 100 })).data;
    const last = pulls.find((one) => one.head.ref.startsWith('sluice/retrain-'));
    if (!last) throw new Error('the retraining pull request is missing: an earlier step failed');
    const id = await view.say('owner', last.number, `/rollback ${DEPLOYMENT}`);
    const deployment = await until('the rollback’s deployment', 30, async () =>
      (await view.deployments()).find(
        (one) => one.description?.includes('rollback') && one.statuses[0]?.state === 'success',
      ),
    );
    const answered = await answersWith(tale, '2.0.0');
    return `${(await view.reactions(id)).join(', ')}; ${deployment.description}: ${deployment.statuses[0]?.description}\n${answered}`;
  });

  await narrator.step('nothing-doubled', 'Every tag, release and comment is there exactly once', async () => {
    const tags = (await view.api.repos.listTags({ ...REPO, per_page: 100 })).data.map((tag) => tag.name);
    const versions = tags.filter((name) => name.startsWith(`${MODEL}@v`)).sort();
    const expected = tale.versions.map((version) => `${MODEL}@v${version}`).sort();
    if (versions.join() !== expected.join())
      throw new Error(`version tags ${versions.join(', ')}, expected ${expected.join(', ')}`);
    const releases = (await view.api.repos.listReleases({ ...REPO, per_page: 100 })).data
      .map((one) => one.tag_name)
      .sort();
    if (releases.join() !== expected.join())
      throw new Error(`releases ${releases.join(', ')}, expected ${expected.join(', ')}`);
    const pulls = (await view.api.pulls.list({ ...REPO, state: 'all', per_page: 100 })).data;
    for (const pull of pulls) {
      const own = (await view.comments(pull.number)).filter((one) => one.body?.includes('<!-- sluice:pull -->'));
      if (own.length !== 1) throw new Error(`#${pull.number} has ${own.length} comments of ours instead of one`);
    }
    return `${versions.join(', ')}; ${releases.length} releases; one comment on each of ${pulls.length} pull requests`;
  });
}
