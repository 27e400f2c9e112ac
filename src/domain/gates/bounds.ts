import { estimateText } from '../evaluate/estimate-text.ts';
import type { Estimate } from '../evaluate/evaluation.ts';
import { studentTwoSided } from '../evaluate/intervals/student.ts';
import { count, figure } from './figures.ts';
import { rowsNeeded } from './rows-needed.ts';
import { atConfidence, type Corrected, cannotTell, type Finding, finding, reachOf, worst } from './verdict.ts';
import { percent } from './wear.ts';

/** `strict`: the bound itself does not do. */
export type Bounds = { min?: number; max?: number; strict?: boolean };

export type Reading = {
  /** What it is an estimate of: `roc_auc`, `the difference`. */
  of: string;
  estimate: Estimate;
  /** Confidence that the interval was made with, and that it is judged at. */
  from: number;
  confidence: number;
  /** Rows behind it, where more of them would narrow it. */
  rows?: number;
  range?: readonly [number, number];
  corrected?: Corrected;
  /** Of Student's t, ∞ when not given. */
  degrees?: number;
  signed?: boolean;
  /** How the interval was made, where not at a confidence. */
  made?: string;
  /** Why there is no interval, where there is none. */
  without?: string;
};

type Side = { key: 'min' | 'max'; threshold: number; strict: boolean };

/** The interval, at the confidence that the gate judges at, must lie on the right side of each bound. */
export function judgeBounds(bounds: Bounds, reading: Reading): Finding {
  const { of, confidence, signed = false } = reading;
  const { value } = reading.estimate;
  if (value === null || Number.isNaN(value)) return cannotTell(`${of} is not defined on these rows`);
  const estimate = within(reading.range, atConfidence(reading.estimate, { ...reading, to: confidence }));
  const figures = estimateText(estimate, signed);
  const wanted = boundsText(bounds);
  if (estimate.lower === null || estimate.upper === null) {
    const why = reading.without ?? 'too few rows for an interval';
    return finding('cannot-tell', `${figures}: ${why}, wanted ${wanted}`, [`${of} is ${figures}; ${why}.`]);
  }
  const sides = sidesOf(bounds).map((side) => ({ side, verdict: readSide(side, estimate) }));
  const verdict = worst(sides.map((one) => one.verdict));
  const told = verdict === 'pass' ? '' : `, wanted ${wanted}`;
  const open = sides.find((one) => one.verdict === 'cannot-tell');
  const needed = verdict === 'cannot-tell' && open ? rowsNeeded({ ...open.side, ...reading, estimate }) : undefined;
  return {
    verdict,
    evidence: `${figures}${told}${needed === undefined ? '' : `; ${needed.short}`}`,
    working: [...scaling(reading, estimate), ...sides.map((one) => sideText(one.side, one.verdict, estimate))],
    change: [...changes(bounds, reading, sides, estimate), ...(needed ? [needed.long] : [])],
  };
}

export function boundsText({ min, max, strict = false }: Bounds): string {
  const [from, to] = strict ? ['>', '<'] : ['≥', '≤'];
  const parts = [min === undefined ? [] : `${from} ${figure(min)}`, max === undefined ? [] : `${to} ${figure(max)}`];
  return parts.flat().join(' and ');
}

/** One-sided p of "within the bounds", by Student's t whose interval this is at confidence `from`. */
export function pOfBounds({ min, max }: Bounds, reading: Pick<Reading, 'estimate' | 'from' | 'degrees'>): number {
  const { estimate, from, degrees = Number.POSITIVE_INFINITY } = reading;
  const reach = reachOf(from, degrees);
  const { value, lower, upper } = estimate;
  if (lower === null || upper === null) return 1;
  const below = min === undefined ? 1 : pAbove(((min - value) * reach) / (upper - value), degrees);
  const above = max === undefined ? 1 : pAbove(((value - max) * reach) / (value - lower), degrees);
  return Math.min(below, above);
}

/** P(T > t). An interval of no width gives ±∞, or NaN where the value lies on the bound itself: it holds. */
function pAbove(t: number, degrees: number): number {
  if (Number.isNaN(t)) return 1;
  const tail = Number.isFinite(t) ? studentTwoSided(Math.abs(t), degrees) / 2 : 0;
  return t > 0 ? tail : 1 - tail;
}

function sidesOf({ min, max, strict = false }: Bounds): Side[] {
  const sides: Side[] = [];
  if (min !== undefined) sides.push({ key: 'min', threshold: min, strict });
  if (max !== undefined) sides.push({ key: 'max', threshold: max, strict });
  return sides;
}

function readSide({ key, threshold, strict }: Side, { lower, upper }: Estimate): Finding['verdict'] {
  const [near, far] = key === 'min' ? [lower!, upper!] : [-upper!, -lower!];
  const bound = key === 'min' ? threshold : -threshold;
  if (strict ? near > bound : near >= bound) return 'pass';
  return (strict ? far <= bound : far < bound) ? 'fail' : 'cannot-tell';
}

function within(range: Reading['range'], estimate: Estimate): Estimate {
  const { value, lower, upper } = estimate;
  if (range === undefined || lower === null || upper === null) return estimate;
  return { value, lower: Math.max(range[0], lower), upper: Math.min(range[1], upper) };
}

function scaling(reading: Reading, judged: Estimate): string[] {
  const { of, estimate, from, confidence, signed = false, rows, corrected, degrees } = reading;
  const on = rows === undefined ? '' : ` on ${count(rows)} rows`;
  const how = reading.made ?? `its interval at ${percent(from)}`;
  const made = `${of.replace(/^the /, 'The ')} is ${estimateText(estimate, signed)}${on}, ${how}.`;
  if (from === confidence) return [made];
  const times = (hypotheses: number) => {
    const [wide, narrow] = [reachOf(confidence, degrees, hypotheses), reachOf(from, degrees, hypotheses)];
    return `${figure(wide)} / ${figure(narrow)} = ${figure(wide / narrow)} times as wide`;
  };
  const text = estimateText(judged, signed);
  if (corrected === undefined) return [made, `At ${percent(confidence)} it is ${times(1)}: ${text}.`];
  const { lower, upper } = corrected;
  const pairs = `corrected for ${count(Math.max(lower, upper))} comparisons`;
  const [one, other] = lower > upper ? ['lower', 'upper'] : ['upper', 'lower'];
  const sides = `its ${one} side, ${pairs}, is ${times(Math.max(lower, upper))}, its ${other} side ${times(1)}`;
  return [made, `At ${percent(confidence)} ${sides}: ${text}.`];
}

function sideText({ key, threshold, strict }: Side, verdict: Finding['verdict'], { lower, upper }: Estimate): string {
  const wanted = boundsText({ [key]: threshold, strict });
  const [near, far] = key === 'min' ? [lower!, upper!] : [upper!, lower!];
  const [nearName, farName] = key === 'min' ? ['lower', 'upper'] : ['upper', 'lower'];
  if (verdict === 'pass') return `The ${nearName} bound ${figure(near)} is ${wanted}: it holds.`;
  if (verdict === 'fail') return `Not even the ${farName} bound ${figure(far)} is ${wanted}: it does not hold.`;
  return `The ${farName} bound ${figure(far)} is ${wanted}, the ${nearName} bound ${figure(near)} is not: it cannot be told.`;
}

type Read = { side: Side; verdict: Finding['verdict'] };

function changes({ min, max }: Bounds, { of, range }: Reading, sides: Read[], estimate: Estimate): string[] {
  if (min !== undefined && max !== undefined && estimate.upper! - estimate.lower! > max - min) {
    return ['An interval of this width does not fit between the bounds.'];
  }
  return sides.map((one) => changeText(of, one.side, one.verdict, estimate, range));
}

function changeText(
  of: string,
  side: Side,
  verdict: Finding['verdict'],
  estimate: Estimate,
  range: Reading['range'],
): string {
  const [near, more] = side.key === 'min' ? [estimate.lower!, 'lower'] : [estimate.upper!, 'higher'];
  const slack = Math.abs(near - side.threshold);
  if (verdict === 'pass') return `It would no longer pass were ${of} more than ${figure(slack)} ${more}.`;
  const enough = estimate.value + (side.threshold - near);
  if (range !== undefined && (enough < range[0] || enough > range[1])) {
    return 'With an interval of this width it cannot pass.';
  }
  const where = side.key === 'min' ? 'or higher' : 'or lower';
  return `With an interval of this width it would pass were ${of} ${figure(enough)} ${where}.`;
}
