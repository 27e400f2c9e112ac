/**
 * The server is killed at random moments of the whole story and started again; what is to be seen on the forge in the
 * end must be what it is without kills. `SLUICE_KILL_SEED` plays the moments of an earlier run.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../../src/cli/demo/until.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople } from '../e2e/harness/people.ts';
import { processesOf } from '../e2e/harness/processes.ts';
import { createServerProcess } from '../e2e/harness/server-process.ts';
import { NAME, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';
import { type FinalState, readFinalState } from './kill/final-state.ts';
import { createKiller, type Killer } from './kill/killer.ts';
import { isBase, tellStory } from './kill/story.ts';

const STORIES = 2;
const KILLS_A_STORY = 10;
/** Of what it creates on the forge. */
const SHARE_OF_WRITES = 0.3;
const seed = Number(process.env.SLUICE_KILL_SEED ?? randomInt(1, 2 ** 31));

type Played = { state: FinalState; milliseconds: number[]; kills: number };

describe.sequential('a server that is killed', { timeout: 470_000 }, () => {
  const random = seededRandom(seed);
  let calm: Played;

  it('ends the story without a kill', async () => {
    calm = await play((_, killer, work) => killer.during([], work));
    expect(calm.state.issues).toHaveLength(1);
    expect(onlyOnce(calm.state)).toEqual([]);
  });

  it(`ends ${STORIES} stories of ${KILLS_A_STORY} kills or more just so`, async () => {
    console.log(`SLUICE_KILL_SEED=${seed}`);
    let kills = 0;
    for (let story = 1; story <= STORIES; story += 1) {
      const moments = Array.from({ length: KILLS_A_STORY }, () => random() * sum(calm.milliseconds));
      console.log(`story ${story}`);
      const played = await play((step, killer, work) =>
        killer.during(momentsIn(step, moments, calm.milliseconds), work),
      );
      kills += played.kills;
      expect(onlyOnce(played.state), `seed ${seed}, story ${story}`).toEqual([]);
      expect(played.state, `seed ${seed}, story ${story}`).toEqual(calm.state);
    }
    expect(kills).toBeGreaterThanOrEqual(20);
  });

  it('ends the story just so when it is killed right after what it writes', async () => {
    console.log(`SLUICE_KILL_SEED=${seed}`);
    const played = await play((_, killer, work, world) => killer.afterWrites(SHARE_OF_WRITES, world, work));
    expect(onlyOnce(played.state), `seed ${seed}`).toEqual([]);
    expect(played.state, `seed ${seed}`).toEqual(calm.state);
    expect(played.kills).toBeGreaterThan(5);
  });

  async function play(
    attack: (step: number, killer: Killer, work: () => Promise<void>, world: TestWorld) => Promise<void>,
  ): Promise<Played> {
    const world = await startWorld(pick(await readFixture('tiny'), isBase));
    const server = createServerProcess(world);
    const people = createPeople(world);
    const killer = createKiller(server, random, (line) => console.log(line));
    const milliseconds: number[] = [];
    try {
      await server.launch();
      await server.ready();
      world.forge.installApp('shop', [NAME]);
      for (const [index, step] of (await tellStory(world, people)).entries()) {
        const before = Date.now();
        await attack(index, killer, step.play, world);
        milliseconds.push(Date.now() - before);
        console.log(`${step.name}: ${Date.now() - before} ms`);
      }
      await settled(world);
      // Once more, at rest: looking at everything again changes nothing.
      await killer.during([0], async () => undefined);
      await settled(world);
      const state = await readFinalState(world, people);
      expect(await server.stop()).toBe(0);
      await until('agents to end', 15, async () => {
        return (await processesOf(`${world.config.stateFolder}/jobs`)).length === 0 || undefined;
      });
      return { state, milliseconds, kills: killer.kills() };
    } catch (error) {
      console.log(await server.log(60));
      console.log(JSON.stringify(await readFinalState(world, people), null, 2));
      throw error;
    } finally {
      await server.kill();
      await world.close();
    }
  }
});

/** Nothing is on its way to the server, and it has asked nothing for a while. */
async function settled(world: TestWorld): Promise<void> {
  for (let before = -1; before !== world.apiCalls().length; ) {
    before = world.apiCalls().length;
    await world.forge.idle();
    await sleep(2_500);
  }
}

/** Of moments in the whole story those in one step, counted from its start. */
function momentsIn(step: number, moments: number[], milliseconds: number[]): number[] {
  const start = sum(milliseconds.slice(0, step));
  const end = start + milliseconds[step]!;
  return moments.filter((moment) => moment >= start && moment < end).map((moment) => moment - start);
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** What is there more than once of that which must be there once. */
function onlyOnce({ pulls, checks, tags, releases, deployments, issues }: FinalState): string[] {
  const doubled = (counted: Record<string, number>): string[] =>
    Object.entries(counted).flatMap(([name, times]) => (times > 1 ? [`${times} × ${name}`] : []));
  return [
    ...pulls.flatMap(({ title, comments }) => doubled(ours(comments)).map((what) => `${title}: ${what}`)),
    ...doubled(byName(checks)),
    ...tags.filter((tag, index) => tags.indexOf(tag) !== index),
    ...releases.filter((tag, index) => releases.indexOf(tag) !== index),
    ...deployments.flatMap(({ description, statuses }) => doubled(statuses).map((what) => `${description}: ${what}`)),
    ...issues.slice(1).map(({ title }) => `another issue: ${title}`),
  ];
}

const ours = (comments: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(comments).filter(([kind]) => kind.startsWith('pull: ')));

/** A check may be there once, whatever its conclusion. */
function byName(checks: Record<string, number>): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const [what, times] of Object.entries(checks)) {
    const name = what.slice(0, what.lastIndexOf(' '));
    counted[name] = (counted[name] ?? 0) + times;
  }
  return counted;
}
