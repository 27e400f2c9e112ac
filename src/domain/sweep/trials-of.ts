import { canonicalJson } from '../fingerprint/canonical-json.ts';
import type { Json } from '../json.ts';
import type { Sweep, SweepParam } from '../spec/valid.ts';
import { drawUnit, valueAt } from './draw.ts';
import { countCombinations, paramPoints } from './param-points.ts';

/** `params`: the swept ones only. */
export type Trial = { index: number; params: Record<string, Json> };

const DRAWS_A_TRIAL = 50;

/**
 * The trials of a sweep, the same ones for the same sweep and seed (`train.seed`), whatever the order in which its
 * parameters are written. A grid goes through its parameters by name, the last one fastest; a random search draws
 * each combination once.
 */
export function trialsOf(sweep: Pick<Sweep, 'params' | 'search'>, seed: number): Trial[] {
  const params = Object.entries(sweep.params).sort(([a], [b]) => (a < b ? -1 : 1));
  const combinations = sweep.search.type === 'grid' ? gridOf(params) : drawn(params, sweep.search.trials, seed);
  return combinations.map((combination, index) => ({ index, params: combination }));
}

type Params = [name: string, param: SweepParam][];

function gridOf(params: Params): Record<string, Json>[] {
  return params.reduce<Record<string, Json>[]>(
    (rows, [name, param]) =>
      rows.flatMap((row) => (paramPoints(param) ?? []).map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}

function drawn(params: Params, trials: number, seed: number): Record<string, Json>[] {
  const found = new Map<string, Record<string, Json>>();
  for (let draw = 0; found.size < trials && draw < trials * DRAWS_A_TRIAL; draw += 1) {
    const row = Object.fromEntries(
      params.map(([name, param]) => [name, valueAt(param, drawUnit(seed, name, draw))] as const),
    );
    const key = canonicalJson(row);
    if (!found.has(key)) found.set(key, row);
  }
  // Few combinations, nearly all of them wanted: the last ones are not waited for.
  const all = found.size < trials && countCombinations(Object.fromEntries(params)) <= 50 * trials ? gridOf(params) : [];
  for (const row of all) if (found.size < trials) found.set(canonicalJson(row), row);
  return [...found.values()];
}
