import { estimateText } from '../evaluate/estimate-text.ts';
import type { Estimate } from '../evaluate/evaluation.ts';
import { atConfidence, limitsOf, reachOf } from './at-confidence.ts';
import { count, figure } from './figures.ts';
import { rowsNeeded } from './rows-needed.ts';
import { cannotTell, type Finding, finding, worst } from './verdict.ts';
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
  /** What the metric can be. */
  range?: readonly [number, number];
  /** It is a difference of two of them. */
  signed?: boolean;
  /** Of Student's t, ∞ when not given. */
  degrees?: number;
  /** The estimate at `confidence`, where that takes more than the estimate; `judgedBy`: how. */
  judged?: Estimate;
  judgedBy?: string;
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
  // What is not a number is null once stored as JSON.
  if (!Number.isFinite(value)) return cannotTell(`${of} is not defined on these rows`);
  const estimate = reading.judged ?? atConfidence(reading.estimate, { ...reading, to: confidence });
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

function scaling(reading: Reading, judged: Estimate): string[] {
  const { of, estimate, from, confidence, signed = false, rows, degrees, judgedBy } = reading;
  const on = rows === undefined ? '' : ` on ${count(rows)} rows`;
  const how = reading.made ?? `its interval at ${percent(from)}`;
  const made = `${of.replace(/^the /, 'The ')} is ${estimateText(estimate, signed)}${on}, ${how}.`;
  if (from === confidence) return [made];
  const text = `it is ${estimateText(judged, signed)}`;
  const anew = judgedBy ?? (estimate.from === undefined ? undefined : COUNTED[estimate.from.kind]);
  if (anew !== undefined) return [made, `At ${percent(confidence)}, ${anew}, ${text}.`];
  const [wide, narrow] = [reachOf(confidence, degrees), reachOf(from, degrees)];
  const times = `${figure(wide)} / ${figure(narrow)} = ${figure(wide / narrow)} times as wide`;
  const about = estimate.centre === undefined ? '' : ` about ${figure(estimate.centre)}`;
  return [made, `At ${percent(confidence)} its interval is ${times}${about}: ${estimateText(judged, signed)}.`];
}

const COUNTED: Record<NonNullable<Estimate['from']>['kind'], string> = {
  share: "by Wilson's formula from its counts",
  paired: "by Tango's formula from its counts",
  extreme: 'by the exact bound of a value at the end of its range',
};

function sideText({ key, threshold, strict }: Side, verdict: Finding['verdict'], { lower, upper }: Estimate): string {
  const wanted = boundsText({ [key]: threshold, strict });
  const [near, far] = key === 'min' ? [lower!, upper!] : [upper!, lower!];
  const [nearName, farName] = key === 'min' ? ['lower', 'upper'] : ['upper', 'lower'];
  if (verdict === 'pass') return `The ${nearName} bound ${figure(near)} is ${wanted}: it holds.`;
  if (verdict === 'fail') return `Not even the ${farName} bound ${figure(far)} is ${wanted}: it does not hold.`;
  return `The ${farName} bound ${figure(far)} is ${wanted}, the ${nearName} bound ${figure(near)} is not: it cannot be told.`;
}

type Read = { side: Side; verdict: Finding['verdict'] };

function changes({ min, max }: Bounds, reading: Reading, sides: Read[], estimate: Estimate): string[] {
  if (min !== undefined && max !== undefined && estimate.upper! - estimate.lower! > max - min) {
    return ['An interval of this width does not fit between the bounds.'];
  }
  return sides.map((one) => changeText(reading, one, estimate));
}

function changeText(reading: Reading, { side, verdict }: Read, estimate: Estimate): string {
  const { of } = reading;
  const [lowest, highest] = limitsOf(reading);
  const [near, more] = side.key === 'min' ? [estimate.lower!, 'lower'] : [estimate.upper!, 'higher'];
  const slack = Math.abs(near - side.threshold);
  if (verdict === 'pass') return `It would no longer pass were ${of} more than ${figure(slack)} ${more}.`;
  const enough = estimate.value + (side.threshold - near);
  if (enough < lowest || enough > highest) return 'With an interval of this width it cannot pass.';
  const where = side.key === 'min' ? 'or higher' : 'or lower';
  return `With an interval of this width it would pass were ${of} ${figure(enough)} ${where}.`;
}
