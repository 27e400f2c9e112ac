import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../../e2e/harness/server-process.ts';
import type { TestWorld } from '../../e2e/harness/start-world.ts';

/** A fraction of the kills is followed by another one while the server starts again. */
const WHILE_STARTING = 0.2;

const MOST_IN_A_PLACE = 2;
/** Many different things are created at these addresses. */
const isList = (path: string): boolean => /\/(check-runs|tags|refs|comments|statuses|graphql)$/.test(path);

export type Killer = {
  /** Does the work, and meanwhile kills the server whenever it has been up for so many milliseconds since the start. */
  during(moments: number[], work: () => Promise<void>): Promise<void>;
  /**
   * Does the work, and kills the server in the very moment in which the forge has done what it was asked to write: the
   * effect is there, and the server never learns of it. Of what it creates that share, of what it edits a quarter of it;
   * twice at most in the same place, so that the story goes on.
   */
  afterWrites(share: number, world: TestWorld, work: () => Promise<void>): Promise<void>;
  kills(): number;
};

export function createKiller(server: ServerProcess, random: () => number, say: (line: string) => void): Killer {
  let kills = 0;
  let startMs = 2000;

  async function kill(what: string): Promise<void> {
    await server.kill();
    kills += 1;
    say(`kill ${kills} ${what}`);
  }

  async function restart(): Promise<void> {
    if (random() < WHILE_STARTING) {
      await server.launch();
      const moment = Math.round(random() * startMs);
      await sleep(moment);
      await kill(`${moment} ms into its start`);
    }
    const before = Date.now();
    await server.launch();
    await server.ready();
    startMs = Date.now() - before;
  }

  async function during(moments: number[], work: () => Promise<void>): Promise<void> {
    let failure: unknown;
    let done = false;
    const working = work()
      .catch((error) => {
        failure = error;
      })
      .finally(() => {
        done = true;
      });
    let up = 0;
    for (const moment of [...moments].sort((a, b) => a - b)) {
      const before = Date.now();
      // A step that is over early is killed at its end.
      await Promise.race([sleep(Math.max(0, moment - up)), working]);
      up += Date.now() - before;
      if (failure) break;
      await kill(`after ${Math.round(up)} ms${done ? ', at the end' : ''}`);
      await restart();
    }
    await working;
    if (failure) throw failure;
  }

  async function afterWrites(share: number, { forge }: TestWorld, work: () => Promise<void>): Promise<void> {
    let cycle: Promise<void> | undefined;
    let over = false;
    let failure: unknown;
    const times = new Map<string, number>();
    forge.onResponse(({ method, path, status, requestBody }) => {
      const { by } = forge.requestLog().at(-1)!;
      const changes = path === '/graphql' ? JSON.stringify(requestBody).includes('mutation') : method !== 'GET';
      if (over || cycle || !changes || by !== 'installation' || status >= 300) return;
      const place = `${method} ${path}`;
      const killed = times.get(place) ?? 0;
      if (random() >= (method === 'PATCH' ? share / 4 : share) || (killed >= MOST_IN_A_PLACE && !isList(path))) return;
      times.set(place, killed + 1);
      cycle = kill(`after ${place}`)
        .then(() => server.launch())
        .then(() => {
          cycle = undefined;
          return server.ready();
        })
        .catch((error) => {
          failure = error;
        });
    });
    try {
      await work();
    } finally {
      over = true;
      await cycle;
    }
    await server.ready();
    if (failure) throw failure;
  }

  return { during, afterWrites, kills: () => kills };
}
