import type { Monitor } from '../spec/valid-monitor.ts';
import { compareColumns, isIgnored, pairColumn } from './compare-columns.ts';
import { describeVerdict } from './describe-verdict.ts';
import { findPattern } from './find-pattern.ts';
import { findSegments } from './find-segments.ts';
import { lossEffects } from './loss-effects.ts';
import { nameFinding } from './name-finding.ts';
import { orderFindings } from './order-findings.ts';
import { probableCause } from './probable-cause.ts';
import type { ColumnProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from './profile.ts';
import { relativeEffect } from './relative-effect.ts';
import { HOUR_OF_WEEK, reweightReference } from './reweight-reference.ts';
import { isMixed, rowsOfOthers } from './rows-of-others.ts';
import type {
  ColumnFinding,
  PerformanceEstimate,
  PerformanceFinding,
  QualityFinding,
  WindowVerdict,
} from './verdict.ts';

/** `effect`: CDF distance (numeric) or PSI (cells) that is tolerated; `falseDiscoveryRate`: over the tests of a window. */
export type JudgeSettings = Pick<Monitor, 'effect' | 'minRows' | 'falseDiscoveryRate' | 'seasonality'> &
  Monitor['columns'];

export type JudgedInput = {
  reference: ReferenceProfile;
  window: WindowProfile;
  /** The windows before it, of the same weekday where the week matters: they only say step or slow. */
  trailing: WindowProfile[];
  /** Whose reference it is; rows that other versions answered are not held against its predictions. */
  version?: string;
  quality: QualityFinding[];
  performance: PerformanceFinding[];
  estimates: PerformanceEstimate[];
  settings: JudgeSettings;
  /** Epoch ms. */
  from: number;
  to: number;
};

/** A distance, or a share of new values, that is beyond this with 95 % confidence needs no second window. */
const SEVERE_DISTANCE = 0.3;
/** What is wrong even where not one row was answered. */
const OUTAGE: readonly QualityFinding['check'][] = ['errors', 'volume'];
/** Effects below this part of the threshold are a window with room to spare. */
const CLEAR_PART = 0.8;

/** Verdict on one window of production against the reference that its version was trained and evaluated on. */
export function judgeWindow(input: JudgedInput): WindowVerdict {
  const { reference, window, quality, performance, estimates, settings } = input;
  const none = { severe: false, clear: false, quality, columns: [], performance, estimates, segments: [] };
  const severe = quality.some(({ level }) => level === 'severe');
  const outage = quality.filter(({ check, level }) => level === 'severe' && OUTAGE.includes(check));
  if (window.rows === 0 && outage.length > 0) {
    const reasons = describeVerdict({ quality, performance: [], moved: [], segments: [] });
    return { ...none, verdict: 'bad', severe: true, reasons };
  }
  if (window.rows === 0) {
    const told = describeVerdict({ quality, performance: [], moved: [], segments: [] });
    return { ...none, verdict: 'no-data', reasons: ['no rows in this window', ...told] };
  }
  const enough = window.rows >= settings.minRows;
  const findings = compareAll(input, enough ? settings.falseDiscoveryRate : -1);
  const all = [...findings.columns, ...findings.outputs];
  if (!enough && !severe && !all.some(({ broken }) => broken !== undefined)) {
    const reason = `${window.rows} rows, fewer than the ${settings.minRows} that it takes`;
    return { ...none, verdict: 'cannot-tell', reasons: [reason] };
  }
  const worse = performance.filter(({ verdict }) => verdict === 'broken');
  const moved = all.filter(({ drifted }) => drifted);
  const alarms = quality.filter(({ level }) => level !== 'note');
  const bad = worse.length > 0 || moved.length > 0 || alarms.length > 0;
  const segments = enough
    ? findSegments(reference, window, findings.columns, {
        effect: settings.effect,
        rate: settings.falseDiscoveryRate,
        minRows: settings.minRows,
      })
    : [];
  const cause = bad ? probableCause({ ...input, findings: all, moved, worse }) : undefined;
  return {
    verdict: bad ? 'bad' : 'good',
    severe: severe || moved.some(isSevere),
    clear: !bad && all.every((finding) => relativeEffect(finding) < CLEAR_PART),
    quality,
    columns: findings.columns,
    ...findings.named,
    performance,
    estimates,
    segments,
    ...(cause ? { cause } : {}),
    reasons: describeVerdict({
      quality,
      performance: worse,
      moved: moved.map((finding) => ({ finding, name: nameFinding(finding, { ...input, findings: all }) })),
      segments,
    }),
  };
}

type Findings = {
  columns: ColumnFinding[];
  outputs: ColumnFinding[];
  named: { prediction?: ColumnFinding; confidence?: ColumnFinding };
};

/** Inputs in their order, and what the model answered; one false-discovery control over all of them. */
function compareAll(input: JudgedInput, rate: number): Findings {
  const { reference, window, trailing, settings } = input;
  const expected = reweightReference(reference, window, settings.seasonality);
  const others = rowsOfOthers(window, input.version);
  const how = { rows: window.rows, others, expected, seasonality: settings.seasonality, seconds: secondsOf(input) };
  const observed = new Map(window.columns.map((column) => [column.column, column]));
  const pairs = reference.columns
    .filter((column) => !isIgnored(column, settings.ignore))
    .map((column) => pairColumn(column, observed.get(column.column), how));
  const mixed = isMixed(window, input.version);
  const outputs = OUTPUTS.flatMap((output) => {
    const column = reference[output];
    // A source may have never said what was answered; one that ceases to is another matter.
    if (mixed || column === undefined || ![window, ...trailing].some((part) => part[output] !== undefined)) return [];
    return [{ output, pair: pairColumn(column, window[output], how) }];
  });
  const found = compareColumns([...pairs, ...outputs.map(({ pair }) => pair)], { effect: settings.effect, rate });
  const patterned = found.map((finding, i) => {
    const pair = pairs[i] ?? outputs[i - pairs.length]!.pair;
    const output = outputs[i - pairs.length]?.output;
    return withPattern(finding, pair, (part) => profileIn(part, finding.column, output), trailing);
  });
  const answered = patterned.slice(pairs.length);
  return {
    columns: orderFindings(patterned.slice(0, pairs.length), lossEffects(reference, window)),
    outputs: answered,
    named: Object.fromEntries(outputs.map(({ output }, i) => [output, answered[i]!])),
  };
}

/** That the window's rows are spread over: no more than the hours of the week in which there are any. */
function secondsOf({ window, from, to }: JudgedInput): number | undefined {
  if (!(from < to)) return undefined;
  const hours = window.groups.find(({ by }) => by === HOUR_OF_WEEK)?.groups.filter(({ rows }) => rows > 0).length;
  return Math.min((to - from) / 1000, hours ? hours * 3600 : Number.POSITIVE_INFINITY);
}

const OUTPUTS = ['prediction', 'confidence'] as const;

function profileIn(part: WindowProfile, column: string, output: (typeof OUTPUTS)[number] | undefined) {
  return output ? part[output] : part.columns.find((profile) => profile.column === column);
}

function withPattern(
  finding: ColumnFinding,
  { reference, window }: { reference: ReferenceColumn; window: ColumnProfile | undefined },
  profile: (part: WindowProfile) => ColumnProfile | undefined,
  trailing: WindowProfile[],
): ColumnFinding {
  if (!finding.drifted) return finding;
  const before = trailing.flatMap((part) => profile(part) ?? []);
  const pattern = findPattern(finding, reference, window, before);
  return pattern ? { ...finding, pattern } : finding;
}

function isSevere({ broken, atLeast, unseen, rows, values }: ColumnFinding): boolean {
  if (broken !== undefined) return true;
  const news = (unseen ?? 0) - Math.sqrt(Math.log(1 / 0.05) / (2 * Math.max(1, rows.window)));
  return values !== undefined && ((atLeast ?? 0) > SEVERE_DISTANCE || news > SEVERE_DISTANCE);
}
