/** A change as it should go: a mistake caught on its line, live training, evidence, the right approval, a canary. */
import { DEPLOYMENT, MODEL, needed, type Tale } from '../chapter.ts';
import { mergePull, openPull, pushTo } from '../pull-actions.ts';
import { registryLayer } from '../registry-view.ts';
import { until } from '../until.ts';
import { betterFiles, brokenSpec, fixedSpec } from '../variants.ts';
import { NAME, OWNER } from '../world.ts';
import { answersWith, completed, digestIn, expectConclusion, failed, liveUrl } from './first-version.ts';

const REPO = { owner: OWNER, repo: NAME };
const BRANCH = 'better-features';

export async function betterModel(tale: Tale): Promise<void> {
  const { world, view, narrator } = tale;
  narrator.chapter('A pull request with better features');
  let number: number | undefined;
  let head: string | undefined;
  let artifact: string | undefined;

  await narrator.step('broken-spec', 'Its first push has a mistake in the spec: annotated on its line', async (say) => {
    const pull = await openPull(tale, {
      branch: BRANCH,
      title: 'Look at origin and destination too',
      body: 'Where a flight starts and ends says much about how late it will be.',
      files: { ...(await betterFiles()), ...(await brokenSpec()) },
    });
    number = pull.number;
    const plan = await view.waitCheck(pull.head.sha, 'sluice/plan', 30, completed, say);
    expectConclusion(plan, 'failure');
    const [annotation] = (await view.api.checks.listAnnotations({ ...REPO, check_run_id: plan.id })).data;
    if (!annotation) throw new Error('the check has no annotation');
    return `${annotation.path}:${annotation.start_line}: ${annotation.message}\n${plan.html_url}`;
  });

  await narrator.step(
    'fixed-spec',
    'Fixed: the plan says what will be trained, why, and what is expected',
    async (say) => {
      head = await pushTo(tale, BRANCH, await fixedSpec(), 'Correct the spec');
      const plan = await view.waitCheck(head, 'sluice/plan', 30, completed, say);
      expectConclusion(plan, 'success');
      const why =
        /\|\s*`flight-delay`\s*\|\s*(.*?)\s*\|/.exec(plan.output.summary ?? '')?.[1]?.replaceAll('<br>', '; ') ?? '';
      return `${plan.output.title}: ${why}\n${plan.html_url}`;
    },
  );

  await narrator.step('live-progress', 'Training reports its progress while it runs', async (say) => {
    const check = await view.waitCheck(
      needed(head, 'the fixed head'),
      `sluice/train: ${MODEL}`,
      60,
      (run) => /^Training: /.test(run.output.title ?? '') || completed(run),
      say,
      failed,
    );
    if (check.status === 'completed') throw new Error(`no progress was seen before it ended: ${check.output.title}`);
    return `${check.status}: ${check.output.title}`;
  });

  await narrator.step('trained', 'Trained; the artifact is known by its digest', async (say) => {
    const check = await view.waitCheck(
      needed(head, 'the fixed head'),
      `sluice/train: ${MODEL}`,
      90,
      completed,
      say,
      failed,
    );
    artifact = digestIn(check);
    return `${check.output.title}; artifact ${artifact}`;
  });

  await narrator.step('evaluated', 'Evaluated against the champion in production, on the same rows', async (say) => {
    const check = await view.waitCheck(
      needed(head, 'the fixed head'),
      `sluice/evaluate: ${MODEL}`,
      90,
      completed,
      say,
      failed,
    );
    const row = /^\|[^|]*roc_auc.*$/m.exec(check.output.summary ?? '')?.[0] ?? '';
    return `${check.output.title}\n${row}\n${check.html_url}`;
  });

  await narrator.step('rebased', 'The same change rebased on a newer main: reused, not trained again', async (say) => {
    await world.forge.importFiles(
      `${OWNER}/${NAME}`,
      'main',
      { 'NOTES.md': 'Flights of January to June 2001.\n' },
      'Note where the data come from',
      'owner',
    );
    head = await rebase(tale, BRANCH);
    const check = await view.waitCheck(head, `sluice/train: ${MODEL}`, 30, completed, say, failed);
    if (!/reused/i.test(check.output.title ?? '')) throw new Error(`not reused: ${check.output.title}`);
    if (digestIn(check) !== artifact) throw new Error('another artifact');
    await view.waitCheck(head, 'sluice/gate', 30, (run) => run.conclusion === 'action_required', say, failed);
    return `${head.slice(0, 12)}: ${check.output.title}`;
  });

  await narrator.step('author-refused', 'Its author cannot approve it', () =>
    refused(tale, needed(number, 'the pull request'), 'author', /author/),
  );
  await narrator.step('stranger-refused', 'Neither can a stranger', () =>
    refused(tale, needed(number, 'the pull request'), 'stranger', /write access|owner/),
  );

  await narrator.step('approved', 'An owner approves with the button on the check', async (say) => {
    const sha = needed(head, 'the head');
    const gate = needed(await view.check(sha, 'sluice/gate'), 'the gate');
    world.forge.requestAction(gate.id, 'approve', 'owner');
    const green = await view.waitCheck(sha, 'sluice/gate', 30, (run) => run.conclusion === 'success', say, failed);
    return `${green.output.title} (${green.html_url})`;
  });

  await narrator.step('merged', 'Merged: the version is claimed by its tag on the merge commit', async () => {
    const merged = await mergePull(tale, needed(number, 'the pull request'));
    const tag = `${MODEL}@v2.0.0`;
    const commit = await until(`the tag ${tag}`, 30, () => view.tagCommit(tag));
    if (commit !== merged) throw new Error(`${tag} points to ${commit}, the merge is ${merged}`);
    tale.versions.push('2.0.0');
    return `${tag} → ${commit}`;
  });

  await narrator.step(
    'released',
    'Released with a model card; the registry holds exactly what was evaluated',
    async () => {
      const release = await until('the release', 30, () => view.release(`${MODEL}@v2.0.0`).catch(() => undefined));
      if (!release.body?.includes(needed(artifact, 'the artifact')))
        throw new Error('the model card names another artifact');
      const layer = await registryLayer(world.folder, `${OWNER}/${NAME}`, MODEL, '2.0.0');
      if (!release.body.includes(layer.digest))
        throw new Error(`the registry's weight layer ${layer.digest} is not the file of the model card`);
      return `${release.html_url}\n${layer.reference}: layer ${layer.path} ${layer.digest}`;
    },
  );

  await narrator.step('canary', 'Rolled out by canary, told by the deployment’s statuses', async (say) => {
    tale.servingUrl = await liveUrl(tale, '2.0.0', say);
    const deployment = (await view.deployments()).find((one) => one.description?.includes('v2.0.0'));
    const said = (deployment?.statuses ?? []).map((status) => status.description).reverse();
    for (const share of ['10 %', '50 %'])
      if (!said.some((text) => text.includes(share)))
        throw new Error(`no status told of ${share}: ${said.join(' · ')}`);
    return said.join(' · ');
  });

  await narrator.step('new-version-answers', 'Production answers with the new version', () =>
    answersWith(tale, '2.0.0'),
  );

  await narrator.step('stage-tag', `Git says what is live: the stage tag of ${DEPLOYMENT}`, async () => {
    const name = `${MODEL}#production#2`;
    const commit = await until(`the tag ${name}`, 20, () => view.tagCommit(name));
    return `${name} → ${commit}`;
  });
}

async function refused(tale: Tale, number: number, person: 'author' | 'stranger', why: RegExp): Promise<string> {
  const id = await tale.view.say(person, number, '/approve');
  const reply = await tale.view.waitComment(
    number,
    30,
    (body) => body.includes('Nothing was changed') && body.includes(`reply/${id}/`),
    `an answer to ${person}`,
  );
  if (!why.test(reply.body)) throw new Error(`refused for another reason: ${reply.body}`);
  const reactions = await tale.view.reactions(id);
  return `${visible(reply.body)} (reactions ${reactions.join(', ')}; ${reply.url})`;
}

/** Without the hidden marker. */
export const visible = (body: string): string =>
  body
    .replace(/<!--.*?-->/gs, '')
    .trim()
    .split('\n')[0] ?? '';

/** As `git rebase main` and a forced push would leave it: the branch's files on top of main's newest commit. */
async function rebase(tale: Tale, branch: string): Promise<string> {
  const { api } = tale.view;
  const [main, tip] = [await tale.view.head('main'), await tale.view.head(branch)];
  const compared = (await api.repos.compareCommits({ ...REPO, base: main, head: tip })).data;
  const changed = (compared.files ?? []).map((file) => file.filename);
  const tree = (await api.git.getTree({ ...REPO, tree_sha: tip, recursive: 'true' })).data.tree;
  const entries = tree.filter((entry) => entry.type === 'blob' && changed.includes(entry.path));
  const { rest } = tale.world.people.author;
  const made = await rest.git.createTree({
    ...REPO,
    base_tree: main,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: '100644' as const,
      type: 'blob' as const,
      sha: entry.sha,
    })),
  });
  const commit = await rest.git.createCommit({
    ...REPO,
    message: 'Look at origin and destination too',
    tree: made.data.sha,
    parents: [main],
  });
  await rest.git.updateRef({ ...REPO, ref: `heads/${branch}`, sha: commit.data.sha, force: true });
  return commit.data.sha;
}
