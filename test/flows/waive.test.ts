import { describe, expect, it } from 'vitest';
import { killEverywhere } from './kill-everywhere.ts';
import { BOUGHT, gateOf, moreEpochs, openBetter, shown, smallShop } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

/** Gates that leave it to people, and one that blocks. */
const lenient = (files: Record<string, string>, required = 0): Record<string, string> => ({
  ...files,
  [BOUGHT]: files[BOUGHT]!.replace('min: 0.6 }', 'min: 0.85, onFail: approval }'),
  'sluice.yaml': files['sluice.yaml']!.replace('required: 1', `required: ${required}`),
});

async function asking(more: { required?: number; author?: string } = {}) {
  const { required = 0, ...who } = more;
  const story = await openBetter(moreEpochs, { files: lenient(smallShop(), required), ...who });
  await story.world.finish();
  return story;
}

const replies = ({ github }: FlowWorld) =>
  github.commentList.filter(({ marker }) => marker.startsWith('reply/')).map(({ body }) => body);
const gatesCheck = ({ github }: FlowWorld) => github.checkRuns.findLast(({ name }) => name === 'sluice/gate')!.summary;
const asks = /^action_required: Waiting for the approval of an owner \(owner\)/;

describe('a gate that leaves it to people', () => {
  it('asks the owners of the model, and says how to answer', async () => {
    const { world } = await asking();
    expect(gateOf(world)).toMatch(asks);
    expect(gatesCheck(world)).toContain(
      'Gate 1 of `bought`, roc\\_auc ≥ 0.85, leaves it to an owner (`owner`): `/approve`, or `/waive bought 1 <reason>` for this gate alone.',
    );
    expect(world.github.commentList[0]!.body).toContain('Gate 1 of `bought`');
  });

  it('asks them and nobody else where the policy asks for no approvals', async () => {
    const files = lenient(smallShop());
    const policy = files['sluice.yaml']!.replace('["owner"] }', '["owner"], "models/**": ["modeller"] }');
    const both = {
      [BOUGHT]: moreEpochs(files[BOUGHT]!),
      'data/bought.yaml': files['data/bought.yaml']!.replace('max: 90', 'max: 91'),
    };
    const { world, key } = await openBetter(moreEpochs, { files: { ...files, 'sluice.yaml': policy } });
    world.github.push('better', both);
    await world.look(key);
    await world.finish();
    expect(gateOf(world)).toMatch(/approval of an owner \(modeller\):/);
  });

  it('is let through by an approval too', async () => {
    const { world, number } = await asking();
    await world.say(number, 'owner', '/approve');
    await world.finish();
    expect(gateOf(world)).toBe('success: 4 gates passed');
  });
});

describe('/waive', () => {
  it('lets one gate through: by whom and why is shown', async () => {
    const { world, number } = await asking();
    await world.say(number, 'owner', '/waive bought 1 few rows of *new* customers');
    await world.finish();
    await expect(shown(world)).toMatchFileSnapshot('./golden/waived.txt');
  });

  it('is no approval where the policy asks for one, and takes none back', async () => {
    const { world, number } = await asking({ required: 1 });
    await world.say(number, 'owner', '/waive bought "roc_auc ≥" it is a trial');
    await world.finish();
    expect(gateOf(world)).toBe(
      'action_required: Waiting for the approval of an owner (owner): /approve, or the button here.',
    );
    await world.say(number, 'owner', '/approve\n/unwaive bought');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
  });

  it.each([
    ['author', '/waive bought 1 x', 'the author of a pull request cannot approve it'],
    ['writer', '/waive bought 1 x', 'only an owner can approve: owner'],
    ['stranger', '/waive bought 1 x', '`/waive` needs write access'],
    ['owner', '/waive bought 9 x', 'no gate of `bought` is number 9. Gates: 1 `roc_auc ≥ 0.85` (needs approval), 2 '],
    ['owner', '/waive bought roc_auc x', 'several gates have `roc_auc` in them. Gates: 1 '],
    [
      'owner',
      '/waive bought size x',
      'gate 4 of `bought`, `size ≤ 1 MB`, passes: there is nothing to waive. Gates: 1 ',
    ],
    ['owner', '/waive nothing 1 x', 'no model `nothing` in this pull request'],
    ['owner', '/unwaive bought', 'no gate of `bought` that is meant is waived'],
  ])('%s: %s', async (by, body, reason) => {
    const { world, number } = await asking();
    world.github.roles.set('writer', 'write');
    await world.say(number, by, body);
    await world.finish();
    expect(replies(world)).toEqual([expect.stringContaining(`Nothing was changed: ${reason}`)]);
    expect(gateOf(world)).toMatch(asks);
  });

  it('does not help against a gate that blocks, nor before there are results', async () => {
    const files = smallShop();
    const { world, number } = await openBetter(moreEpochs, { files });
    await world.settle();
    await world.say(number, 'owner', '/waive bought 1 x');
    await world.finish(() => ({ auc: 0.5 }));
    await world.say(number, 'owner', '/waive bought 1 x');
    await world.finish();
    expect(replies(world)).toEqual([
      expect.stringContaining('`bought` has no results for this head'),
      expect.stringContaining('blocks: only a gate with `onFail: approval` can be waived'),
    ]);
    expect(gateOf(world)).toMatch(/^failure/);
  });

  it('stays while candidate, champion, holdout and evidence do, and no longer', async () => {
    const { world, number, key } = await asking();
    await world.say(number, 'owner', '/waive bought 1 agreed');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    world.github.push('better', { 'README.md': '# Shop, in other words\n' });
    await world.look(key);
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
    world.github.push('better', { [BOUGHT]: lenient(smallShop())[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.finish();
    expect(gateOf(world)).toMatch(asks);
  });

  it('ends with an evaluation that finds something else, and stays for one that finds the same', async () => {
    const { world, number } = await asking();
    await world.say(number, 'owner', '/waive bought 1 agreed');
    await world.finish();
    const evaluatedAgain = async (auc?: number) => {
      await world.say(number, 'author', '/evaluate');
      await world.finish(() => (auc === undefined ? {} : { auc }));
      return gateOf(world);
    };
    expect(await evaluatedAgain()).toMatch(/^success/);
    expect(await evaluatedAgain(0.79)).toMatch(asks);
    await world.say(number, 'owner', '/waive bought 1 agreed to that, too');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
  });

  it('holds in another pull request for the same, but not for one of whoever gave it', async () => {
    const { world, number } = await asking();
    await world.say(number, 'owner', '/waive bought 1 agreed');
    await world.finish();
    for (const [author, verdict] of [
      ['author', /^success/],
      ['owner', asks],
    ] as const) {
      const other = world.github.openPull('better', { author });
      await world.look(`pull:${REPOSITORY}#${other}`);
      await world.finish();
      expect(gateOf(world)).toMatch(verdict);
    }
    await world.say(number, 'owner', '/unwaive bought');
    await world.finish();
    const gates = world.github.checkRuns.filter(({ name }) => name === 'sluice/gate');
    expect(gates.map(({ conclusion }) => conclusion)).toEqual([
      'action_required',
      'action_required',
      'action_required',
    ]);
  });

  it('is taken back, also when the merge is heard of first', async () => {
    const { world, number, key } = await asking();
    await world.say(number, 'owner', '/waive bought 1 agreed');
    await world.finish();
    await world.say(number, 'author', '/unwaive bought 1');
    world.github.mergePull(number);
    await world.look(key);
    await world.finish();
    expect(world.github.tags).toEqual([]);
    expect(await world.records.waivers.list('')).toEqual([]);
  });
});

describe('/explain', () => {
  it('says how each gate came to its verdict, also to who may only read', async () => {
    const { world, number } = await asking();
    await world.say(number, 'stranger', '/explain bought\n/explain bought size');
    await world.finish();
    await expect(`${replies(world).join('\n\n=====\n\n')}\n`).toMatchFileSnapshot('./golden/explained.md');
  });
});

describe('a holdout', () => {
  it('judges each further candidate more strictly, and the same one as before', async () => {
    const { world, number, key } = await openBetter(moreEpochs, { files: smallShop() });
    await world.finish();
    const said = () => gatesCheck(world);
    expect(said()).toContain('judged at 96.96 %');
    world.github.push('better', { [BOUGHT]: smallShop()[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.finish();
    expect(said()).toContain('evaluation 2 of this holdout');
    await world.say(number, 'author', '/evaluate');
    await world.finish();
    expect(said()).toContain('evaluation 2 of this holdout');
    world.github.push('better', { [BOUGHT]: smallShop()[BOUGHT]!.replace('epochs: 60', 'epochs: 80') });
    await world.look(key);
    await world.finish();
    expect(said()).not.toContain('of this holdout');
    const [holdout] = await world.records.holdouts.list(REPOSITORY);
    expect(holdout!.value.candidates).toHaveLength(2);
  });

  it('is the same one for a candidate with other features', async () => {
    const { world, key } = await openBetter(moreEpochs, { files: smallShop() });
    const rows = (digest: string) => () => ({ holdout: digest });
    await world.finish(rows('sha256:age-and-minutes'));
    world.github.push('better', { [BOUGHT]: smallShop()[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.finish(rows('sha256:age-only'));
    expect(gatesCheck(world)).toContain('evaluation 2 of this holdout');
  });

  it('does not count a candidate that was never evaluated', async () => {
    const { world } = await openBetter(moreEpochs, { files: smallShop() });
    await world.finish((job) => (job.task.kind === 'evaluate' ? { fail: 'it broke' } : {}));
    expect(await world.records.holdouts.list(REPOSITORY)).toEqual([]);
  });
});

it('killed anywhere, a waiver is given, explained and taken back once', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const { world, number } = await asking();
    await world.say(
      number,
      'owner',
      '/waive bought 1 agreed\n/explain bought 1\n/unwaive bought\n/waive bought 1 again',
    );
    return {
      world,
      go: world.settle,
      state: async () => {
        await world.finish();
        const record = await world.records.pulls.get(`${REPOSITORY}#${number}`);
        return {
          waivers: (await world.records.waivers.list('')).map(({ value }) => [value.by, value.reason]),
          notes: record?.notes.map(({ text }) => text),
          comments: world.github.commentList.map(({ marker }) => marker),
          gate: gateOf(world),
        };
      },
    };
  });
  expect(state).toMatchObject({
    waivers: [['owner', 'again']],
    notes: { length: 3 },
    gate: expect.stringMatching(/^success/),
  });
  expect(kills).toBeGreaterThan(10);
});

it('killed anywhere, a holdout counts each candidate once', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const { world, key } = await openBetter(moreEpochs, { files: smallShop() });
    await world.finish();
    world.github.push('better', { [BOUGHT]: smallShop()[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.settle();
    await world.work();
    await world.settle();
    await world.work();
    return {
      world,
      go: world.settle,
      state: async () => {
        await world.finish();
        return {
          holdouts: (await world.records.holdouts.list('')).map(({ value }) => value.candidates.length),
          gate: gatesCheck(world),
        };
      },
    };
  });
  expect(state).toMatchObject({ holdouts: [2, 2], gate: expect.stringContaining('evaluation 2 of this holdout') });
  expect(kills).toBeGreaterThan(5);
});
