import type { Estimate } from '../evaluate/evaluation.ts';
import { normalQuantile } from '../evaluate/intervals/normal-quantile.ts';
import { rowsForPower } from '../evaluate/power.ts';
import { centreOf, reachOf } from './at-confidence.ts';
import { count, figure } from './figures.ts';
import { percent } from './wear.ts';

const POWER = 0.8;
/** Nobody has more labelled rows than this. */
const OUT_OF_REACH = 1e9;

export type Undecided = {
  /** `min`: it must be above the threshold, `max`: below. */
  key: 'min' | 'max';
  threshold: number;
  strict: boolean;
  of: string;
  /** At `confidence`; with bounds. */
  estimate: Estimate;
  confidence: number;
  degrees?: number;
  rows?: number;
};

/** What would tell: how many rows, were the estimate true; where it lies on the wrong side, no number of them. */
export function rowsNeeded(open: Undecided): { short: string; long: string } | undefined {
  const { key, threshold, estimate, confidence, degrees, rows } = open;
  if (rows === undefined) return undefined;
  const distance = key === 'min' ? estimate.value - threshold : threshold - estimate.value;
  if (distance <= 0) return notByRows(open);
  const centre = centreOf(estimate);
  const spread = key === 'min' ? centre - estimate.lower! : estimate.upper! - centre;
  const standardError = Math.max(0, spread) / reachOf(confidence, degrees);
  const needed = rowsForPower({ standardError, rows, distance, confidence, power: POWER });
  if (needed === undefined || needed > OUT_OF_REACH) return notByRows(open);
  const about = count(roundUp(needed));
  return {
    short: `about ${about} rows would tell (here: ${count(rows)})`,
    long:
      `Were ${open.of} really ${figure(estimate.value)}, about ${about} rows instead of ${count(rows)} would pass ` +
      `with a chance of ${percent(POWER)}: rows · ((${figure(reachOf(confidence))} + ${figure(normalQuantile(POWER))}) · ` +
      `${figure(standardError)} / ${figure(distance)})².`,
  };
}

function notByRows({ key, threshold, strict, of }: Undecided): { short: string; long: string } {
  const side = key === 'min' ? (strict ? 'above' : 'at least') : strict ? 'below' : 'at most';
  const wanted = `${of} would have to be ${side} ${figure(threshold)}`;
  return {
    short: `more rows would not help, ${wanted}`,
    long: `More rows would only make sure that it does not hold: ${wanted}.`,
  };
}

/** To two digits. */
function roundUp(value: number): number {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / digits) * digits;
}
