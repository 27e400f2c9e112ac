import { createHash } from 'node:crypto';
import type { Json } from '../json.ts';
import type { SweepParam } from '../spec/valid.ts';
import { countPoints, tidy } from './param-points.ts';

/**
 * Uniform in [0, 1): the first 53 bits of SHA-256 of `seed/name/index`. Every draw stands by itself, so that more trials
 * keep those there were, and another parameter keeps the values of the others.
 */
export function drawUnit(seed: number, name: string, index: number): number {
  const bytes = createHash('sha256').update(`${seed}/${name}/${index}`).digest();
  return (bytes.readUIntBE(0, 6) * 32 + (bytes[6]! >> 3)) / 2 ** 53;
}

/** The value of a parameter at `unit` in [0, 1). */
export function valueAt(param: SweepParam, unit: number): Json {
  if (param.kind === 'values') return param.values[Math.floor(unit * param.values.length)]!;
  const { min, max, step, integer, scale } = param;
  if (step !== undefined) return tidy(min + Math.floor(unit * countPoints(param)) * step);
  if (integer && scale === 'linear') return min + Math.floor(unit * (max - min + 1));
  const drawn = scale === 'log' ? Math.exp(Math.log(min) + unit * Math.log(max / min)) : min + unit * (max - min);
  // Six digits are plenty, and exp may differ in the last one from machine to machine.
  const rounded = integer ? Math.round(drawn) : Number(drawn.toPrecision(6));
  return Math.min(max, Math.max(min, rounded));
}
