import type { Sweep } from '../spec/valid.ts';

type Halving = NonNullable<Sweep['halving']>;

/** With how much of the resource a rung trains. One trial left has nobody to be compared with: it gets all at once. */
export function resourceOf(halving: Halving, rung: number, trials: number): number {
  const { min, max, factor } = halving;
  if (trials === 1) return max;
  const grown = min * factor ** rung;
  const whole = Number.isInteger(min) && Number.isInteger(max);
  return Math.min(max, whole ? Math.round(grown) : Number(grown.toPrecision(12)));
}

/** How many of a rung go on. */
export const keptOf = (trials: number, factor: number): number => Math.ceil(trials / factor);

export type Rung = { trials: number; resource?: number };

/** The rungs as they come when no trial fails. */
export function rungsOf({ halving }: Pick<Sweep, 'halving'>, trials: number): Rung[] {
  if (!halving) return [{ trials }];
  const rungs: Rung[] = [];
  for (let left = trials; ; left = keptOf(left, halving.factor)) {
    const resource = resourceOf(halving, rungs.length, left);
    rungs.push({ trials: left, resource });
    if (resource >= halving.max) return rungs;
  }
}
