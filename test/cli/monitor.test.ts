import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monitorBackfillCommand } from '../../src/cli/commands/monitor-backfill.ts';
import { monitorRunCommand } from '../../src/cli/commands/monitor-run.ts';
import { monitorTuneCommand } from '../../src/cli/commands/monitor-tune.ts';
import { createFakeDriftSource, DAY, type FakeDriftSource, fakeReference } from '../fakes/fake-drift-source.ts';

const FIRST = Date.UTC(2024, 0, 1) / DAY;
let folder: string;
let source: FakeDriftSource;
let now: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await cp(path.resolve(import.meta.dirname, '../../fixtures/tiny'), folder, { recursive: true });
  await writeFile(path.join(folder, 'reference.json'), JSON.stringify(fakeReference(20_000)));
  execFileSync('git', ['init', '-q'], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Twenty good days, four over the web only, six good ones. */
beforeEach(() => {
  source = createFakeDriftSource();
  for (let day = 0; day < 30; day++) source.add(FIRST + day, day >= 20 && day < 24 ? 'bad' : 'good');
  now = (FIRST + 30) * DAY;
});

const parts = () => ({ source, now: () => now, progress: () => {} });
const options = () => ({
  folder,
  monitor: 'bought-live',
  reference: path.join(folder, 'reference.json'),
  repository: 'acme/shop',
});

describe('sluice monitor run', () => {
  it('is quiet when the alert is over: exit 0', async () => {
    const result = await monitorRunCommand(parts(), options());
    expect(result).toMatchObject({ exitCode: 0, json: { monitor: 'bought-live', open: false } });
    expect(result.text).toContain('bought-live: 4 of 30 windows bad; no issue would be open');
    expect(result.text).toMatch(/2024-01-22 +2,000 .*❌ bad .*channel/);
  });

  it('while it is open: exit 1, and what the issue would say', async () => {
    now = (FIRST + 23) * DAY;
    const result = await monitorRunCommand(parts(), { ...options(), since: '2024-01-10' });
    expect(result).toMatchObject({ exitCode: 1, json: { open: true, since: '2024-01-21T00:00:00.000Z' } });
    expect(result.text).toMatch(/the issue would be open since 2024-01-21/);
    expect(result.text).toMatch(/bought-live: channel moved by .*, since 2024-01-21/);
    expect(result.text).toContain('- What changed: channel by');
    expect((result.json as { issue: { body: string } }).issue.body).toContain('`/retrain`');
    expect(Math.min(...source.reads)).toBe(Date.UTC(2024, 0, 10) / DAY);
  });

  it('names no version where the source names them in its own way', async () => {
    now = (FIRST + 23) * DAY;
    for (const day of source.days.values()) day.version = 'blue';
    const { text } = await monitorRunCommand(parts(), options());
    expect(text).toContain('bought-production (model bought) differs from');
  });

  it('takes windows before the first answer for those of the version that gave it', async () => {
    for (let day = 0; day < 3; day++) source.days.delete(FIRST + day);
    const { text } = await monitorRunCommand(parts(), { ...options(), since: '2024-01-01' });
    expect(text).not.toContain('Version');
  });

  it.each([
    [
      'a monitor that is not declared',
      { monitor: 'nobody' },
      /no monitor nobody is declared here; there are bought-live/,
    ],
    ['a reference that is none', { reference: 'sluice.yaml' }, /Reading sluice\.yaml/],
    ['a day that is none', { since: 'yesterday' }, /"yesterday" is no day or time/],
    ['a span without an hour', { since: '2030-01-01' }, /the span is empty/],
  ])('refuses %s', async (_, more, message) => {
    await expect(monitorRunCommand(parts(), { ...options(), ...more })).rejects.toThrow(message);
  });

  it('says so when there are no rows at all', async () => {
    source.days.clear();
    await expect(monitorRunCommand(parts(), options())).rejects.toThrow('there are no rows that bought-live could');
  });
});

describe('sluice monitor backfill', () => {
  it('says when issues would have opened and closed', async () => {
    const result = await monitorBackfillCommand(parts(), options());
    expect(result).toMatchObject({
      exitCode: 0,
      json: {
        summary: { issues: 1, days: 30, windows: { all: 30, good: 26, bad: 4 } },
        issues: [{ since: '2024-01-21T00:00:00.000Z', closed: '2024-01-28T00:00:00.000Z', badWindows: 4, reopened: 0 }],
      },
    });
    expect(result.text).toContain('1 issue in 30 days');
    expect(source.reads).toHaveLength(30);
  });

  it('under other settings', async () => {
    const lenient = await monitorBackfillCommand(parts(), { ...options(), set: ['effect=0.2', 'open.after=5'] });
    expect(lenient.json).toMatchObject({ summary: { issues: 0 }, settings: ['effect=0.2', 'open.after=5'] });
    expect(lenient.text).toContain('No issue would have opened');
    const weekly = await monitorBackfillCommand(parts(), { ...options(), set: ['window=5d'], from: '2024-01-01' });
    expect((weekly.json as { windows: unknown[] }).windows.length).toBeLessThanOrEqual(6);
  });

  it('takes short windows together, as the server does', async () => {
    for (let day = 0; day < 30; day++) source.add(FIRST + day, 'few');
    const result = await monitorBackfillCommand(parts(), options());
    const { windows } = result.json as { windows: { waits?: boolean; merged?: number }[] };
    expect(windows.slice(0, 6).map(({ waits = false, merged = 0 }) => [waits, merged])).toEqual([
      [true, 0],
      [true, 0],
      [false, 2],
      [true, 0],
      [true, 0],
      [false, 2],
    ]);
  });

  it.each(['effect=2', 'windows=1d', 'window=soon', 'constructor=1', 'effect'])('refuses --set %s', async (pair) => {
    await expect(monitorBackfillCommand(parts(), { ...options(), set: [pair] })).rejects.toMatchObject({
      code: 'config/invalid-input',
    });
  });
});

describe('sluice monitor tune', () => {
  it('keeps what the spec says when that does best', async () => {
    const result = await monitorTuneCommand(parts(), {
      ...options(),
      bad: ['2024-01-21..2024-01-25'],
      healthyUntil: '2024-01-20',
    });
    expect(result).toMatchObject({
      exitCode: 0,
      json: { sound: true, best: { effect: 0.1, window: '1d', falseAlarms: 0 } },
    });
    expect(result.text).toContain('It is what monitors/bought-live.yaml says already');
    // Once for all settings and windows.
    expect(source.reads).toHaveLength(30);
  });

  it('proposes a larger effect when the healthy past moved as much', async () => {
    for (let day = 5; day < 9; day++) source.add(FIRST + day, 'good', { web: 0.7 });
    const result = await monitorTuneCommand(parts(), {
      ...options(),
      bad: ['2024-01-21..2024-01-25'],
      healthyUntil: '2024-01-20',
      windows: ['1d'],
    });
    const { best, tried } = result.json as {
      best: { effect: number };
      tried: { effect: number; falseAlarms: number; delaysSeconds: (number | null)[] }[];
    };
    expect(tried.find(({ effect }) => effect === 0.05)!.falseAlarms).toBe(1);
    expect(tried.find(({ effect }) => effect === best.effect)).toMatchObject({ falseAlarms: 0 });
    expect(result.text).toMatch(/In monitors\/bought-live\.yaml:\s+effect: 0\.\d+/);
  });

  it('says so when nothing that was tried tells what was bad: exit 1', async () => {
    const result = await monitorTuneCommand(parts(), { ...options(), bad: ['2024-01-05..2024-01-08'], effects: [0.5] });
    expect(result).toMatchObject({ exitCode: 1, json: { sound: false } });
    expect(result.text).toContain('None of these says what is known');
  });

  it.each([
    [{}, /say what is known of the past/],
    [{ bad: ['2024-01-05'] }, /is no span such as/],
    [{ bad: ['2024-01-05..2024-01-05'] }, /is empty/],
    [{ healthyUntil: '2024-01-20', windows: ['often'] }, /is no duration such as 6h/],
    [{ healthyUntil: '2024-01-20', effects: [3] }, /3 is not between 0 and 1/],
  ])('refuses %j', async (more, message) => {
    await expect(monitorTuneCommand(parts(), { ...options(), ...more })).rejects.toThrow(message);
  });
});
