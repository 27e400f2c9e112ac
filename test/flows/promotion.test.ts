import { describe, expect, it } from 'vitest';
import { killEverywhere } from './kill-everywhere.ts';
import { approvedBetter, BOUGHT, mergeNext, openBetter, shopFiles } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const tagsOf = ({ github }: FlowWorld) => github.tags.map(({ name }) => name);
const comment = ({ github }: FlowWorld) => github.commentList.find(({ marker }) => marker === 'pull')?.body ?? '';

async function merged(story: { world: FlowWorld; number: number; key: string }) {
  story.world.github.mergePull(story.number);
  await story.world.look(story.key);
  await story.world.finish();
}

describe('what ships after a merge', () => {
  it('is the evaluated artifact, under the next version', async () => {
    const story = await approvedBetter();
    const { world } = story;
    await merged(story);
    expect(tagsOf(world)).toEqual(['bought@v1.0.0', 'bought#production#1']);
    expect(world.github.releaseList).toEqual([
      { tag: 'bought@v1.0.0', name: 'bought v1.0.0', body: expect.stringContaining('approved') },
    ]);
    const [job] = (await world.deps.store.jobs.list({})).filter(({ task }) => task.kind === 'train');
    expect(world.registry.pushed.map((one) => [one.version, one.artifact.files])).toEqual([
      ['1.0.0', job?.result?.files],
    ]);
    await mergeNext(world, 'again', 99);
    await world.finish();
    expect(tagsOf(world)).toContain('bought@v1.1.0');
  });

  it('is the evaluated artifact also when it is merged while somebody looks at it', async () => {
    const story = await approvedBetter();
    const { world } = story;
    const { pulls } = world.github;
    const { changedFiles } = pulls;
    // Between the two calls of one look; the head is part of the base then, and nothing is changed.
    pulls.changedFiles = async () => {
      pulls.changedFiles = changedFiles;
      world.github.mergePull(story.number);
      return [];
    };
    await world.look(story.key);
    await world.finish();
    expect(tagsOf(world)).toEqual(['bought@v1.0.0', 'bought#production#1']);
    expect(comment(world)).toMatch(/merged and shipped/);
  });

  it('is nothing where something else was merged in between', async () => {
    const story = await approvedBetter();
    const { world } = story;
    world.github.push('main', { 'lib/train.mjs': '// trains otherwise\n' });
    await merged(story);
    expect(tagsOf(world)).toEqual([]);
    expect(comment(world)).toMatch(/Not shipped:.*fingerprint differs/);
  });

  it('is nothing where it was merged before the gate said yes', async () => {
    const story = await openBetter();
    await story.world.finish();
    await merged(story);
    expect(tagsOf(story.world)).toEqual([]);
    expect(comment(story.world)).toMatch(/Not shipped:.*before its gate said yes/);
  });

  it('is nothing where it was pushed to after the approval', async () => {
    const story = await approvedBetter();
    story.world.github.push('better', { [BOUGHT]: shopFiles()[BOUGHT]!.replace('epochs: 60', 'epochs: 5') });
    await merged(story);
    expect(tagsOf(story.world)).toEqual([]);
    expect(story.world.registry.pushed).toEqual([]);
  });

  it('is nothing where somebody held it, also when the merge was faster', async () => {
    const story = await approvedBetter();
    await story.world.say(story.number, 'owner', '/hold look at the slices first');
    await merged(story);
    expect(tagsOf(story.world)).toEqual([]);
    expect(comment(story.world)).toMatch(/Not shipped/);
  });

  it('is nothing where it was merged into another branch', async () => {
    const { world } = await openBetter();
    world.github.commits.branches.set('lax', world.github.commits.branches.get('main')!);
    const number = world.github.openPull('better', { base: 'lax' });
    const key = `pull:${REPOSITORY}#${number}`;
    await world.look(key);
    await world.finish();
    await world.say(number, 'owner', '/approve');
    await world.finish();
    world.github.mergePull(number);
    await world.look(key);
    await world.finish();
    expect(tagsOf(world)).toEqual([]);
    expect(world.github.commentList.find((one) => one.number === number)?.body).toMatch(
      /only what is merged into main/,
    );
  });

  it('takes the next version where another is being claimed, or was tagged by hand', async () => {
    const story = await approvedBetter();
    const { world } = story;
    const commit = world.github.mergePull(story.number);
    world.github.tags.push({ name: 'bought@v1.0.0', commit, message: 'mine' });
    const { createTag } = world.github.releases;
    world.github.releases.createTag = async (ref, tag) => {
      world.github.releases.createTag = createTag;
      world.github.tags.push({ ...tag, commit: 'another', message: 'faster' });
      return createTag(ref, tag);
    };
    await world.look(story.key);
    await world.finish();
    expect(tagsOf(world).filter((name) => name.includes('@'))).toEqual([
      'bought@v1.0.0',
      'bought@v1.1.0',
      'bought@v1.2.0',
    ]);
    expect(world.registry.pushed.map(({ version }) => version)).toEqual(['1.2.0']);
  });
});

/** Ids and times differ where a look was repeated; what people and machines find must not. */
async function finalState(world: FlowWorld) {
  const { github, registry, deployer, records } = world;
  const pulls = await records.pulls.list(`${REPOSITORY}#`);
  return {
    tags: github.tags.map(({ name, commit }) => [name, commit]),
    releases: github.releaseList.map(({ tag, name }) => [tag, name]),
    pushed: registry.pushed.map(({ version, artifact }) => [version, artifact.digest]),
    comments: github.commentList.map(({ number, marker, body }) => [
      number,
      marker,
      body.replace(/issuecomment-\d+/g, ''),
    ]),
    checks: github.checkRuns.map(({ name, sha, conclusion, title }) => [name, sha, conclusion, title]),
    deployments: github.deploymentList.map(({ environment, sha, statuses }) => [
      environment,
      sha,
      statuses.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]),
    ]),
    served: [...deployer.served.values()].map(({ versions }) =>
      versions.map(({ version, percent }) => [version, percent]),
    ),
    promoted: pulls.map(({ value }) => value.promoted?.versions.map(({ version }) => version)),
  };
}

describe('killed anywhere', () => {
  it('promotion and rollout end the same, with nothing doubled', async () => {
    const { state, kills } = await killEverywhere(async () => {
      const { world, number, key } = await approvedBetter();
      world.github.mergePull(number);
      await world.look(key);
      const go = async () => {
        for (let looks = 0; looks < 3; looks += 1) await world.finish();
      };
      return { world, go, state: () => finalState(world) };
    });
    expect(state).toMatchObject({ promoted: [['1.0.0']], served: [[['1.0.0', 100]]] });
    expect(kills).toBeGreaterThan(20);
  });
});
