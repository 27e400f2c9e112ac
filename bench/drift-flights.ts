/**
 * Real data: a model of January's flights, and what the monitor says of February to June 2001, by day and by week,
 * beside what really became of the share of late flights and of the model. Nothing is tuned to it: the settings are those
 * of a monitor that asks for the hours of the week and says nothing else. There is no aim; it completes.
 */
import { advance, NO_ALERT } from '../src/domain/drift/alert.ts';
import { judgePerformance } from '../src/domain/drift/judge-performance.ts';
import { judgeWindow } from '../src/domain/drift/judge-window.ts';
import type { WindowProfile } from '../src/domain/drift/profile.ts';
import { relativeEffect } from '../src/domain/drift/relative-effect.ts';
import type { WindowVerdict } from '../src/domain/drift/verdict.ts';
import type { Estimate } from '../src/domain/evaluate/evaluation.ts';
import type { Benchmark } from './benchmark.ts';
import { areaUnderCurve } from './drift-flights/area-under-curve.ts';
import { isLate, trainLateModel } from './drift-flights/late-model.ts';
import { makeFlightProfiler } from './drift-flights/profile-flights.ts';
import { type Flights, readFlights } from './drift-flights/read-flights.ts';

const DAY = 86_400_000;
const FEBRUARY = Date.UTC(2001, 1, 1);
const JULY = Date.UTC(2001, 6, 1);
/** The first Monday of February. */
const MONDAY = Date.UTC(2001, 1, 5);
const SETTINGS = {
  effect: 0.1,
  minRows: 350,
  falseDiscoveryRate: 0.05,
  ignore: [],
  seasonality: 'hour-of-week',
} as const;
const ALERT = { openAfter: 2, closeAfter: 3, graceMs: 7 * DAY };
/** What a monitor would be asked to hold the model to, once labels are there. */
const METRICS = [{ metric: 'roc_auc', noWorseThan: 0.05 }] as const;
const MODEL: Parameters<typeof judgePerformance>[3] = {
  task: 'binary-classification',
  signature: { inputs: [], output: { name: 'probability', positive: true } },
  evaluate: {
    split: 'holdout',
    metrics: ['roc_auc'],
    slices: [],
    threshold: 0.5,
    custom: [],
    invariances: [],
    resamples: 200,
    confidence: 0.95,
  },
};
/** Same weekdays before a window by day, and weeks before one by week, that say step or slow. */
const TRAILING = 4;

type Line = { from: number; rows: number; verdict: WindowVerdict; turn: string; late: number; auc: number };
type Truth = { late: number; auc: number };
type Labelled = { predictions: Float64Array; labels: Float64Array };

export const driftFlights: Benchmark = {
  about: 'flights: January as the reference, February to June by day and by week: verdicts beside what really changed',
  async run({ say }) {
    const flights = await readFlights();
    const january = rowsBetween(flights, 0, FEBRUARY);
    const training = january.filter((row) => row % 4 !== 0);
    const probability = trainLateModel(flights, training);
    const predictions = Float64Array.from(flights.at, (_, row) => probability(row));
    const held = january.filter((row) => row % 4 === 0);
    const holdout = truthOf(flights, predictions, held);
    const [measured] = judgePerformance(labelled(flights, predictions, held), [], [...METRICS], MODEL);
    const promised = [{ metric: 'roc_auc', ...(measured!.measured as Estimate) }];
    say(
      `January: ${january.length} flights, of the holdout ${percent(holdout.late)} late, AUC ${holdout.auc.toFixed(3)}`,
    );
    const profiler = makeFlightProfiler(flights, (row) => predictions[row]!, training);
    const reference = profiler.reference();
    const judge = (starts: number[], length: number, back: number): Line[] => {
      const profiles: WindowProfile[] = [];
      let state = NO_ALERT;
      return starts.map((from, i) => {
        const rows = rowsBetween(flights, from, from + length);
        const window = profiler.window(rows);
        const trailing = Array.from({ length: TRAILING }, (_, n) => profiles[i - back * (n + 1)]).filter(
          (one) => one !== undefined,
        );
        profiles.push(window);
        const span = { from, to: from + length };
        const performance = judgePerformance(labelled(flights, predictions, rows), promised, [...METRICS], MODEL);
        const rest = { quality: [], performance, estimates: [], settings: { ...SETTINGS, ignore: [] } };
        const verdict = judgeWindow({ reference, window, trailing, ...rest, ...span });
        const next = advance(state, [{ ...span, verdict }], ALERT);
        state = next.state;
        const turn = next.transitions.map(({ kind }) => kind).join(', ');
        return { from, rows: rows.length, verdict, turn, ...truthOf(flights, predictions, rows) };
      });
    };
    const days = judge(range(FEBRUARY, JULY, DAY), DAY, 7);
    const weeks = judge(range(MONDAY, JULY - 7 * DAY + 1, 7 * DAY), 7 * DAY, 1);
    say(table('by day', days, holdout));
    say(table('by week', weeks, holdout));
    return {
      ratio: 1,
      aim: 1,
      ok: true,
      holdoutLate: holdout.late,
      holdoutAuc: holdout.auc,
      ...figures('day', days, holdout),
      ...figures('week', weeks, holdout),
    };
  },
};

function rowsBetween({ at }: Flights, from: number, to: number): Uint32Array {
  const first = firstFrom(at, from);
  return Uint32Array.from({ length: firstFrom(at, to) - first }, (_, i) => first + i);
}

function firstFrom(at: Float64Array, time: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function labelled(flights: Flights, predictions: Float64Array, rows: Uint32Array): Labelled {
  return {
    predictions: Float64Array.from(rows, (row) => predictions[row]!),
    labels: Float64Array.from(rows, (row) => (isLate(flights, row) ? 1 : 0)),
  };
}

function truthOf(flights: Flights, all: Float64Array, rows: Uint32Array): Truth {
  const { predictions: scores, labels } = labelled(flights, all, rows);
  return { late: labels.reduce((sum, label) => sum + label, 0) / rows.length, auc: areaUnderCurve(scores, labels) };
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

function table(name: string, lines: Line[], holdout: Truth): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${name}; changes are against January's holdout`,
    '',
    row([
      name,
      'flights',
      'verdict',
      'inputs',
      'promise',
      'issue',
      'largest effects, as multiples of what is tolerated',
      'late',
      'change',
      'AUC',
      'change',
    ]),
    row(['---', '--:', '---', '--:', '---', '---', '---', '--:', '--:', '--:', '--:']),
    ...lines.map(({ from, rows, verdict, turn, late, auc }) =>
      row([
        new Date(from).toISOString().slice(0, 10),
        String(rows),
        verdict.verdict,
        String(drifted(verdict)),
        verdict.performance[0]!.verdict,
        turn,
        effects(verdict),
        percent(late),
        signed(100 * (late - holdout.late), 1),
        auc.toFixed(3),
        signed(auc - holdout.auc, 3),
      ]),
    ),
    '',
  ].join('\n');
}

/** Columns that moved, the prediction among them. */
function drifted({ columns, prediction }: WindowVerdict): number {
  return [...columns, ...(prediction ? [prediction] : [])].filter((finding) => finding.drifted).length;
}

function effects({ columns, prediction }: WindowVerdict): string {
  return [...columns, ...(prediction ? [prediction] : [])]
    .toSorted((a, b) => relativeEffect(b) - relativeEffect(a))
    .slice(0, 3)
    .map(
      (finding) =>
        `${finding.column} ${relativeEffect(finding).toFixed(2)}${finding.drifted ? ` ${finding.pattern ?? 'moved'}` : ''}`,
    )
    .join(', ');
}

function figures(name: string, lines: Line[], holdout: Truth): Record<string, number> {
  const bad = lines.filter(({ verdict }) => verdict.verdict === 'bad');
  const rest = lines.filter(({ verdict }) => verdict.verdict !== 'bad');
  const change = (of: Line[], what: keyof Truth) =>
    of.length === 0 ? 0 : of.reduce((sum, line) => sum + Math.abs(line[what] - holdout[what]), 0) / of.length;
  return {
    [`${name}s`]: lines.length,
    [`${name}sBad`]: bad.length,
    [`${name}sDrifted`]: lines.filter(({ verdict }) => drifted(verdict) > 0).length,
    [`${name}sPromiseBroken`]: lines.filter(({ verdict }) => verdict.performance[0]!.verdict === 'broken').length,
    [`${name}Issues`]: lines.filter(({ turn }) => turn.includes('opened')).length,
    [`${name}LateChangeBad`]: change(bad, 'late'),
    [`${name}LateChangeOther`]: change(rest, 'late'),
    [`${name}AucChangeBad`]: change(bad, 'auc'),
    [`${name}AucChangeOther`]: change(rest, 'auc'),
  };
}

function signed(value: number, digits: number): string {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
