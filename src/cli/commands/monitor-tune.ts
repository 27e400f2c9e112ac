/** `sluice monitor tune`: which settings would have told what was bad, and nothing else. */
import { AppError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/spec/units.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Span } from '../../ports/drift-source.ts';
import { spanWords } from '../../render/drift/words.ts';
import type { Table } from '../../render/report/document.ts';
import { tableToText } from '../../render/report/to-text.ts';
import { coarserHistory, type History, readHistory } from '../monitor/history.ts';
import { createReplay } from '../monitor/replay.ts';
import { instant, type MonitorOptions, type MonitorParts, openCase, spanOf, withReference } from '../monitor/scene.ts';
import { compareScores, type Score, score, type Truth } from '../monitor/score.ts';
import { summarize } from '../monitor/summarize.ts';
import { printable } from '../problem-lines.ts';
import type { CommandResult } from './command-result.ts';

export type MonitorTuneOptions = MonitorOptions & {
  from?: string;
  to?: string;
  /** All was well until then, outside of the bad spans. */
  healthyUntil?: string;
  /** `2024-01-31..2024-02-03`, half-open. */
  bad?: string[];
  /** What is tried; default: around what the spec says. */
  effects?: number[];
  windows?: string[];
  minRows?: number[];
};

type Setting = Pick<Monitor, 'effect' | 'windowSeconds' | 'minRows'>;
type Tried = Setting & Score & { daysOpen: number };

const EFFECTS = [0.05, 0.1, 0.15, 0.2, 0.3];
const WINDOW_TIMES = [1, 2, 7];
const DAY_MS = 86_400_000;

/** Exit code 0; 1 when nothing that was tried is without a mistake. */
export async function monitorTuneCommand(parts: MonitorParts, options: MonitorTuneOptions): Promise<CommandResult> {
  const declared = await openCase(options);
  const truth = truthOf(options);
  const lengths = windowsOf(declared.monitor, options.windows);
  // Read in the longest windows of which all others are made.
  const base = { ...declared.monitor, windowSeconds: lengths.reduce(greatestCommonDivisor) };
  const found = { ...declared, monitor: base, watched: { ...declared.watched, monitor: base } };
  const span = await spanOf(parts, found, options);
  const { model, reference, watched } = found;
  const history = await readHistory(
    parts.source,
    watched,
    { model, reference, ...withReference(span, base) },
    (done, all) => parts.progress(`window ${done} of ${all}`),
  );
  const tried = tryAll(history, declared.monitor, {
    lengths,
    effects: effectsOf(declared.monitor, options),
    options,
    truth,
  });
  const best = tried[0];
  if (best === undefined) throw new AppError('config/invalid-input', 'the span holds no whole window');
  const sound = best.falseAlarms === 0 && best.delays.every((delay) => delay !== undefined);
  return {
    exitCode: sound ? 0 : 1,
    text: [...tableToText(triedTable(tried, truth)), '', ...proposal(best, declared.monitor, sound)]
      .map(printable)
      .join('\n'),
    json: { monitor: declared.monitor.name, best: jsonOf(best), sound, tried: tried.map(jsonOf) },
  };
}

function tryAll(
  history: History,
  monitor: Monitor,
  {
    lengths,
    effects,
    options,
    truth,
  }: { lengths: number[]; effects: number[]; options: MonitorTuneOptions; truth: Truth },
): Tried[] {
  const minima = options.minRows ?? [monitor.minRows];
  const tried: Tried[] = [];
  for (const windowSeconds of lengths) {
    const coarse = coarserHistory(history, windowSeconds * 1000);
    if (coarse.windows.length === 0) continue;
    const replay = createReplay(coarse);
    for (const effect of effects) {
      for (const minRows of minima) {
        const setting = { effect, windowSeconds, minRows };
        const found = replay({ ...monitor, ...setting });
        tried.push({
          ...setting,
          ...score(found.issues, truth, windowSeconds * 1000),
          daysOpen: summarize(found).daysOpen,
        });
      }
    }
  }
  return tried.sort((a, b) => compareScores(a, b) || nearness(a, monitor) - nearness(b, monitor));
}

/** What does equally well is changed as little as possible. */
function nearness({ effect, windowSeconds, minRows }: Setting, monitor: Setting): number {
  const apart = (a: number, b: number) => Math.abs(Math.log(a / b));
  return (
    apart(effect, monitor.effect) +
    apart(windowSeconds, monitor.windowSeconds) +
    apart(Math.max(1, minRows), Math.max(1, monitor.minRows))
  );
}

function truthOf({ healthyUntil, bad = [] }: MonitorTuneOptions): Truth {
  const spans = bad.map((text): Span => {
    const [from, to, more] = text.split('..');
    if (!from || !to || more !== undefined)
      throw new AppError('config/invalid-input', `--bad: "${text}" is no span such as 2024-01-31..2024-02-03`);
    const span = { from: instant('--bad', from), to: instant('--bad', to) };
    if (span.from >= span.to) throw new AppError('config/invalid-input', `--bad: the span ${text} is empty`);
    return span;
  });
  if (healthyUntil === undefined && spans.length === 0)
    throw new AppError(
      'config/invalid-input',
      'say what is known of the past: --healthy-until a day, or --bad spans in which something was wrong',
    );
  return {
    ...(healthyUntil === undefined ? {} : { healthyUntil: instant('--healthy-until', healthyUntil) }),
    bad: spans,
  };
}

function windowsOf({ windowSeconds }: Monitor, wanted: string[] | undefined): number[] {
  if (wanted === undefined) return WINDOW_TIMES.map((times) => times * windowSeconds);
  return wanted.map((text) => {
    const ms = parseDuration(text);
    if (ms === undefined || ms < 1000)
      throw new AppError('config/invalid-input', `--windows: "${text}" is no duration such as 6h`);
    return Math.round(ms / 1000);
  });
}

function effectsOf({ effect }: Monitor, { effects }: MonitorTuneOptions): number[] {
  if (effects === undefined) return [...new Set([...EFFECTS, effect])].sort((a, b) => a - b);
  const odd = effects.find((one) => !(one > 0 && one < 1));
  if (odd !== undefined) throw new AppError('config/invalid-input', `--effects: ${odd} is not between 0 and 1`);
  return effects;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function triedTable(tried: readonly Tried[], { bad }: Truth): Table {
  const number = (name: string) => ({ name, align: 'right' as const });
  return {
    kind: 'table',
    caption: 'Settings, the best first',
    what: 'setting',
    columns: [
      number('Effect'),
      { name: 'Window', align: 'left' },
      number('Min rows'),
      number('Issues'),
      number('False alarms'),
      ...(bad.length > 0 ? [number('Found'), number('Mean delay')] : []),
      number('Days open'),
    ],
    rows: tried.map((one) => [
      String(one.effect),
      spanWords(one.windowSeconds),
      String(one.minRows),
      String(one.issues),
      String(one.falseAlarms),
      ...(bad.length > 0 ? [foundWords(one), delayWords(one)] : []),
      String(one.daysOpen),
    ]),
  };
}

function foundWords({ delays }: Score): string {
  return `${delays.filter((delay) => delay !== undefined).length} of ${delays.length}`;
}

function delayWords({ delays }: Score): string {
  const known = delays.filter((delay) => delay !== undefined);
  if (known.length === 0) return '–';
  return `${(known.reduce((sum, delay) => sum + delay, 0) / known.length / DAY_MS).toFixed(1)} days`;
}

/** Lines to be pasted into the spec, those only that differ. */
function proposal(best: Tried, monitor: Monitor, sound: boolean): string[] {
  const changes = [
    ...(best.effect === monitor.effect ? [] : [`effect: ${best.effect}`]),
    ...(best.windowSeconds === monitor.windowSeconds ? [] : [`window: ${durationText(best.windowSeconds)}`]),
    ...(best.minRows === monitor.minRows ? [] : [`minRows: ${best.minRows}`]),
  ];
  const head = sound
    ? 'The first of these says what is known and nothing else.'
    : 'None of these says what is known and nothing else; the first is nearest to it.';
  if (changes.length === 0) return [`${head} It is what ${monitor.path} says already.`];
  return [`${head} In ${monitor.path}:`, '', ...changes];
}

function durationText(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}

function jsonOf({ effect, windowSeconds, minRows, issues, falseAlarms, delays, daysOpen }: Tried) {
  return {
    effect,
    window: durationText(windowSeconds),
    minRows,
    issues,
    falseAlarms,
    delaysSeconds: delays.map((delay) => (delay === undefined ? null : delay / 1000)),
    daysOpen,
  };
}
