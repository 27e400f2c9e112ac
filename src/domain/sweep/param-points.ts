import type { Json } from '../json.ts';
import type { SweepParam } from '../spec/valid.ts';

/** Every value that a parameter can have, in order; undefined where they cannot be listed. */
export function paramPoints(param: SweepParam): Json[] | undefined {
  if (param.kind === 'values') return param.values;
  const { min, max, integer } = param;
  const step = param.step ?? (integer ? 1 : undefined);
  if (step === undefined) return undefined;
  // A little over, so that 0.1, 0.2, 0.3 reaches its max whatever binary fractions make of it.
  const count = Math.floor((max - min) / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => tidy(min + index * step));
}

/** How many values that are; without listing them. */
export function countPoints(param: SweepParam): number {
  if (param.kind === 'values') return param.values.length;
  const step = param.step ?? (param.integer ? 1 : undefined);
  return step === undefined ? Number.POSITIVE_INFINITY : Math.floor((param.max - param.min) / step + 1e-9) + 1;
}

/** How many combinations the parameters have. */
export function countCombinations(params: Record<string, SweepParam>): number {
  return Object.values(params).reduce((product, param) => product * countPoints(param), 1);
}

/** `0.30000000000000004` as people write it. */
export const tidy = (value: number): number => Number(value.toPrecision(12));
