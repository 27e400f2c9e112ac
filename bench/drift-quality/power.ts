/** Streams that drift from some window on: after how many windows does each rule say so? */
import type { Change } from './column-models.ts';
import { RULE_NAMES, type RuleName, watchWithAll } from './rules.ts';
import { SHIFTS } from './shifts.ts';
import { openStream, referenceWindows } from './streams.ts';

export const POWER_ROWS = [100, 350, 500, 1_000, 10_000, 100_000, 1_000_000];
/** Windows before the onset, and those in which it may be seen. */
const BEFORE = 3;
export const AFTER = 10;

/** One reference, `runs` continuations. */
export type PowerTask = { kind: 'power'; shift: number; rows: number; seed: number; runs: number };
export type PowerAnswer = Record<RuleName, Detection[]>;

/** `delay`: of the first alert since the onset, 1 for the first window; `early`: there was one before. */
export type Detection = { delay: number | null; early: boolean };

export function runPower({ shift: number, rows, seed, runs }: PowerTask): PowerAnswer {
  const { world, change, lasts = AFTER } = SHIFTS[number]!;
  const changes = new Map<number, Change>([[0, change]]);
  const next = openStream(world, rows, 50_021 + seed * 104_729 + number * 1_299_709);
  const windows = Array.from({ length: referenceWindows(world, rows) }, () => next());
  const reference = { columns: world.columns, windows, seasonal: world.seasonal };
  const answer = Object.fromEntries(RULE_NAMES.map((name) => [name, [] as Detection[]])) as PowerAnswer;
  for (let run = 0; run < runs; run += 1) {
    const watch = watchWithAll(reference);
    for (const name of RULE_NAMES) answer[name].push({ delay: null, early: false });
    for (let window = 1 - BEFORE; window <= AFTER; window += 1) {
      for (const name of watch(next(window >= 1 && window <= lasts ? changes : undefined))) {
        const seen = answer[name].at(-1)!;
        if (window < 1) seen.early = true;
        else seen.delay ??= window;
      }
    }
  }
  return answer;
}
