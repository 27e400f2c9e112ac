/** From what production answers to the issue, the retraining pull request, and the issue's end. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/cli/demo/until.ts';
import { createMonitorTokens } from '../../src/domain/monitor/monitor-token.ts';
import { PROJECT, pick, readFixture } from './harness/fixture.ts';
import { controlToken, infer, sendLabels, type Visit } from './harness/inference.ts';
import { createPeople, type People } from './harness/people.ts';
import { type ServerInside, startServerInside } from './harness/server-inside.ts';
import { FULL, NAME, REPO, startWorld, type TestWorld } from './harness/start-world.ts';

const DAY_MS = 86_400_000;
const ROWS_A_DAY = 600;

type Known = Visit & { bought: boolean };

describe.sequential('drift', { timeout: 60_000 }, () => {
  const calendar = { now: Date.parse('2024-02-01') };
  let world: TestWorld;
  let server: ServerInside;
  let people: People;
  let url = '';
  let visits: Known[] = [];
  let issue = 0;

  beforeAll(async () => {
    const tiny = await readFixture('tiny');
    world = await startWorld(pick(tiny, (file) => !/^(models|deployments|monitors)\//.test(file)));
    server = await startServerInside(world, { monitorClock: { now: () => calendar.now } });
    people = createPeople(world);
    world.forge.installApp('shop', [NAME]);
    visits = await readVisits();
    const { number, head } = await people.openPull(
      'first-model',
      pick(tiny, (file) => /^(models\/bought|deployments|monitors)\//.test(file)),
    );
    await people.gate(head, 'action_required');
    await people.say('owner', number, '/approve');
    await people.gate(head, 'success');
    await people.merge(number);
    url = await people.liveUrl('1.0.0');
  });
  afterAll(async () => {
    await server?.stop();
    await world?.close();
  });

  /** A day of visits is predicted, its truth arrives, and the monitor looks at the next midnight. */
  async function oneDay(seen: (visit: Known) => Visit): Promise<void> {
    const day = new Date(calendar.now).toISOString().slice(0, 10);
    const today = Array.from(
      { length: ROWS_A_DAY },
      (_, row) => visits[(row * 7 + calendar.now / DAY_MS) % visits.length]!,
    );
    const ids = today.map((_, row) => `${day}-${row}`);
    const timestamps = today.map((_, row) => new Date(calendar.now + row * 1000).toISOString());
    await infer(url, 'bought', today.map(seen), { ids, timestamps });
    await sendLabels(
      url,
      await controlToken(world.config.stateFolder, FULL, 'bought-production'),
      today.map((visit, row) => ({ id: ids[row]!, label: Number(visit.bought), at: timestamps[row]! })),
    );
    calendar.now += DAY_MS;
    await server.nudge(`monitor:${FULL}/bought-live`);
  }

  it('says nothing while production looks like the training data', async () => {
    await oneDay((visit) => visit);
    await oneDay((visit) => visit);
  });

  it('opens one issue after two bad days in a row, and names the column', async () => {
    await oneDay((visit) => ({ ...visit, minutes: visit.minutes * 60 }));
    await oneDay((visit) => ({ ...visit, minutes: visit.minutes * 60 }));
    const found = await until('the issue', 30, async () => (await people.issues())[0]);
    issue = found.number;
    expect(found.body).toContain('minutes');
    expect(found.labels.map((label) => (typeof label === 'string' ? label : label.name))).toEqual(['drift']);
    // Both good days are in it, so they were judged and found good.
    expect(found.body).toContain('2024-02-01');
    expect(found.body).toContain('2024-02-03');
  });

  it('edits the issue where it goes on', async () => {
    await oneDay((visit) => ({ ...visit, minutes: visit.minutes * 60 }));
    await until(
      'the third bad day',
      30,
      async () => (await people.issues())[0]?.body?.includes('2024-02-05') || undefined,
    );
    expect(await people.issues()).toHaveLength(1);
  });

  it('opens the pull request that moves the data window when somebody with write access asks', async () => {
    const refused = await people.say('stranger', issue, '/retrain');
    expect(await people.reply(issue, refused)).toMatch(/write access/);
    await people.say('owner', issue, '/retrain');
    const { rest } = world.people.owner;
    const pull = await until('the pull request', 30, async () => {
      return (await rest.pulls.list({ ...REPO, state: 'open' })).data[0];
    });
    expect(pull.body).toContain(`#${issue}`);
    const files = (await rest.pulls.listFiles({ ...REPO, pull_number: pull.number })).data;
    expect(files.map((file) => file.filename)).toEqual(['data/bought.yaml']);
    expect(files[0]!.patch).toMatch(/^\+.*2024-02-03.*2024-02-0[56]/m);
    await rest.pulls.update({ ...REPO, pull_number: pull.number, state: 'closed' });
  });

  it('closes the issue after three good days', async () => {
    for (let day = 0; day < 3; day += 1) await oneDay((visit) => visit);
    await until('the end of the issue', 30, async () => (await people.issues())[0]?.state === 'closed' || undefined);
    expect(await people.issues()).toHaveLength(1);
  });

  it('lets the alert of a Prometheus speak in the issue, for whoever has the token of the monitor', async () => {
    const token = createMonitorTokens(world.config.agentSecret).issue({ repository: FULL, monitor: 'bought-live' }, 1);
    const post = (what: string, bearer: string, body: unknown) =>
      fetch(`${server.url}/api/monitors/bought-live/${what}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const alert = (status: 'firing' | 'resolved') => ({
      version: '4',
      status,
      alerts: [
        {
          status,
          labels: { alertname: 'SlowAnswers' },
          annotations: { summary: 'p99 above 50 ms' },
          startsAt: '2024-02-09T00:00:00Z',
          endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2024-02-09T01:00:00Z',
          generatorURL: 'http://prometheus.example/graph',
          fingerprint: 'c0ffee0000000001',
        },
      ],
    });
    expect((await post('alerts', 'smt_none', alert('firing'))).status).toBe(401);
    expect((await post('observations', token, { batch: 'b', observations: [] })).status).toBe(409);

    expect((await post('alerts', token, alert('firing'))).status).toBe(200);
    const open = async () => (await people.issues()).find(({ state }) => state === 'open');
    const speaking = await until('the issue', 30, async () => (await open()) ?? undefined);
    expect(speaking.body).toContain('SlowAnswers');
    expect((await post('alerts', token, alert('resolved'))).status).toBe(200);
    await until('its end', 30, async () => ((await open()) === undefined ? true : undefined));
  });
});

async function readVisits(): Promise<Known[]> {
  const text = await readFile(path.join(PROJECT, 'fixtures/tiny/data/visits.csv'), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, age, minutes, channel, bought] = line.split(',') as [string, string, string, string, string];
      return { age: Number(age), minutes: Number(minutes), channel, bought: bought === 'true' };
    });
}
