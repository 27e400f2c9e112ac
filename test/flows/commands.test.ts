import { describe, expect, it } from 'vitest';
import { killEverywhere } from './kill-everywhere.ts';
import { approvedBetter, BOUGHT, gateOf, moreEpochs, openBetter, shopFiles, smallShop } from './story.ts';
import type { FlowWorld } from './world.ts';

const replies = ({ github }: FlowWorld) =>
  github.commentList.filter(({ marker }) => marker.startsWith('reply/')).map(({ body }) => body);
const reactions = ({ github }: FlowWorld, id: number) =>
  github.reactions.filter(({ commentId }) => commentId === id).map(({ reaction }) => reaction);
const kinds = async ({ deps }: FlowWorld) => (await deps.store.jobs.list({})).map(({ task }) => task.kind).sort();

async function evaluated(more: Parameters<typeof openBetter>[1] = {}) {
  const story = await openBetter(moreEpochs, more);
  await story.world.finish();
  return story;
}

describe('who may what', () => {
  it.each([
    ['author', '/approve', 'the author of a pull request cannot approve it'],
    ['stranger', '/approve', '`/approve` needs write access to this repository'],
    ['reader', '/retrain', '`/retrain` needs write access to this repository'],
    ['writer', '/approve', 'only an owner can approve: owner'],
    ['owner', '/approve 0123456', 'the head is `'],
    ['owner', '/retrain nothing', 'no model `nothing` in this pull request; there is `amount`, `bought`, `grade`'],
    ['owner', '/retrain epochs=3', 'parameters need one model: '],
    ['owner', '/rollback nowhere', 'no deployment `nowhere`; there is `bought-production`'],
    ['owner', '/rollback bought-production', 'there is no earlier version to go back to'],
    ['owner', '/aprove', 'unknown command "/aprove"; did you mean /approve?'],
    ['owner', '/Hold', 'commands are written in lower case: /hold'],
  ])('%s: %s', async (by, body, reason) => {
    const { world, number } = await evaluated();
    world.github.roles.set('writer', 'write');
    const before = gateOf(world);
    const id = await world.say(number, by, body);
    await world.finish();
    expect(replies(world)).toEqual([expect.stringContaining(`Nothing was changed: ${reason}`)]);
    expect(reactions(world, id)).toEqual(['eyes', expect.stringMatching(/^(-1|confused)$/)]);
    expect(gateOf(world)).toBe(before);
  });

  it('mentions and markup of a stranger come back as plain text', async () => {
    const { world, number } = await openBetter();
    await world.say(number, 'stranger', '/x-<b>@acme/everyone</b>\n/hold');
    await world.say(number, 'stranger', '/approve @acme/everyone[a](http://b)');
    await world.settle();
    for (const reply of replies(world)) expect(reply).not.toMatch(/@acme|<b>|[^\\]\]\(/);
  });

  it('a member of the owning team may approve', async () => {
    const policy = shopFiles()['sluice.yaml']!.replace('["owner"]', '["@acme/ml"]');
    const { world, number } = await evaluated({ files: { ...shopFiles(), 'sluice.yaml': policy } });
    world.github.teams.set('acme/ml', ['author', 'member']);
    world.github.roles.set('member', 'write');
    await world.say(number, 'owner', '/approve');
    await world.say(number, 'member', '/approve');
    await world.finish();
    expect(replies(world)).toEqual([expect.stringContaining('only an owner can approve')]);
    expect(gateOf(world)).toBe('success: 4 gates passed');
  });
});

describe('an approval', () => {
  it('is stale after a push, and after another result', async () => {
    const { world, number, key } = await approvedBetter();
    expect(gateOf(world)).toMatch(/^success/);
    world.github.push('better', { 'README.md': '# Shop, with a word more\n' });
    await world.look(key);
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required/);
    await world.say(number, 'owner', '/approve');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    await world.say(number, 'author', '/retrain');
    await world.finish(() => ({ auc: 0.79 }));
    expect(gateOf(world)).toMatch(/^action_required/);
  });

  it('that was written for an earlier head is refused when it comes late', async () => {
    const { world, number, key } = await evaluated();
    const written = world.clock.now();
    world.clock.advance(600_000);
    world.github.push('better', { [BOUGHT]: shopFiles()[BOUGHT]!.replace('epochs: 60', 'epochs: 1') });
    await world.look(key);
    await world.finish();
    await world.records.commands.update(`acme/shop#${number}/77/1`, () => ({
      parsed: { ok: true, line: 1, command: { name: 'approve' }, needs: 'owner' },
      by: 'owner',
      at: world.clock.now(),
      writtenAt: written,
      commentId: 77,
      handled: false,
    }));
    await world.look(key);
    await world.finish();
    expect(replies(world)).toEqual([expect.stringContaining('changed after that was written')]);
    expect(gateOf(world)).toMatch(/^action_required/);
  });

  it('can be taken back, held up and let go', async () => {
    const { world, number } = await approvedBetter();
    await world.say(number, 'writer-of-nothing', '/hold');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    await world.say(number, 'author', '/hold not @today');
    await world.finish();
    expect(gateOf(world)).toBe('action_required: On hold by author: not @today; /unhold lets it go.');
    expect(world.github.checkRuns.at(-2)?.summary).not.toMatch(/[^`\w ]@today/);
    await world.say(number, 'author', '/unhold');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    await world.say(number, 'owner', '/unapprove');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval/);
  });
});

describe('buttons', () => {
  it('approve the very commit that they stand on, for whoever may', async () => {
    const { world, number } = await evaluated();
    await world.press(number, 'sluice/gate', 'approve', 'stranger');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required/);
    await world.press(number, 'sluice/gate', 'approve', 'owner');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    await world.press(number, 'sluice/gate', 'hold', 'owner');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: On hold/);
  });

  it('train one model again, and cancel what runs', async () => {
    const { world, number } = await evaluated();
    await world.press(number, 'sluice/train: bought', 'retrain', 'author');
    await world.finish();
    expect(await kinds(world)).toEqual(['evaluate', 'evaluate', 'train', 'train']);
    await world.press(number, 'sluice/train: bought', 'retrain', 'author');
    await world.settle();
    await world.press(number, 'sluice/gate', 'cancel', 'author');
    await world.finish();
    expect(gateOf(world)).toBe('action_required: Cancelled by author; /retrain starts again.');
    expect((await world.deps.store.jobs.list({ unfinished: true })).length).toBe(0);
  });
});

describe('/retrain', () => {
  it('commits parameters to the branch, and trains that commit only', async () => {
    const { world, number } = await evaluated();
    await world.say(number, 'author', '/retrain bought epochs=120 learningRate=0.25');
    await world.finish();
    const head = world.github.commits.resolve('refs/heads/better')!;
    expect(head.files.get(BOUGHT)).toMatch(/epochs: 120, learningRate: 0.25/);
    const trained = (await world.deps.store.jobs.list({})).filter(({ task }) => task.kind === 'train');
    expect(trained.map(({ sha }) => sha).at(-1)).toBe(head.sha);
    expect(trained).toHaveLength(2);
  });

  it('never commits to the default branch, to a fork, or after the end', async () => {
    const fork = await evaluated({ author: 'stranger', fromFork: true });
    await fork.world.say(fork.number, 'owner', '/retrain bought epochs=1\n/retrain');
    await fork.world.settle();
    expect(replies(fork.world).every((text) => text.includes('the head is a fork'))).toBe(true);

    const { world, number, key } = await evaluated();
    world.github.commits.branches.set('release', world.github.commits.branches.get('main')!);
    world.github.pullRequests[0]!.head.branch = 'main';
    await world.say(number, 'owner', '/retrain bought epochs=1');
    await world.settle();
    world.github.pullRequests[0]!.state = 'closed';
    await world.say(number, 'owner', '/retrain bought epochs=1');
    await world.look(key);
    await world.settle();
    expect(replies(world)).toEqual([
      expect.stringContaining('the head is `main` itself'),
      expect.stringContaining('the pull request is closed'),
    ]);
  });

  it('repeats a check of data that failed, and no other', async () => {
    const world = (await openBetter()).world;
    world.github.push('data', { 'data/visits.csv': 'visited\n' });
    const number = world.github.openPull('data');
    await world.look(`pull:acme/shop#${number}`);
    await world.finish((job) => (job.task.kind === 'data' ? { fail: 'the disk was full' } : {}));
    expect(gateOf(world)).toMatch(/^failure/);
    await world.say(number, 'author', '/retrain');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval/);
  });
});

describe('interrupted', () => {
  it('anywhere, each command has its effect once', async () => {
    const { state, kills } = await killEverywhere(async () => {
      const { world, number } = await evaluated({ files: smallShop() });
      await world.say(number, 'owner', '/approve\n/retrain bought epochs=120\n/help\n/nonsense\n/hold wait');
      return {
        world,
        go: world.settle,
        state: async () => {
          await world.finish();
          const record = await world.records.pulls.get(`acme/shop#${number}`);
          return {
            files: world.github.commits.resolve('refs/heads/better')?.files.get(BOUGHT),
            comments: world.github.commentList.map(({ marker }) => marker),
            approvals: record?.approvals.length,
            notes: record?.notes.map(({ text }) => text.replace(/committed as .*|was so already/, '')),
            gate: gateOf(world),
            jobs: await kinds(world),
            checks: world.github.checkRuns.map(({ name, sha }) => `${name} ${sha}`).sort(),
          };
        },
      };
    });
    expect(state).toMatchObject({
      approvals: 1,
      notes: { length: 3 },
      gate: 'action_required: On hold by owner: wait; /unhold lets it go.',
    });
    expect(kills).toBeGreaterThan(20);
  });
});
