/** One stream in which nothing drifts: how many windows does each rule raise an alert in? */
import { RULE_NAMES, type RuleName, watchWithAll } from './rules.ts';
import { openStream, referenceWindows } from './streams.ts';
import { WORLDS } from './worlds.ts';

export const WINDOWS = 90;
export const WINDOW_ROWS = [100, 350, 1_000, 10_000, 100_000, 1_000_000];

export type LevelTask = { kind: 'level'; number: number };
export type LevelAnswer = { world: string; rows: number; alerts: Record<RuleName, number> };

export function runLevel({ number }: LevelTask): LevelAnswer {
  const world = WORLDS[number % WORLDS.length]!;
  const rows = WINDOW_ROWS[Math.floor(number / WORLDS.length) % WINDOW_ROWS.length]!;
  const next = openStream(world, rows, 1_000_003 + number * 7_919);
  const windows = Array.from({ length: referenceWindows(world, rows) }, () => next());
  const reference = { columns: world.columns, windows, seasonal: world.seasonal };
  const watch = watchWithAll(reference);
  const alerts = Object.fromEntries(RULE_NAMES.map((name) => [name, 0])) as Record<RuleName, number>;
  for (let window = 0; window < WINDOWS; window += 1) {
    for (const name of watch(next())) alerts[name] += 1;
  }
  return { world: world.name, rows, alerts };
}
