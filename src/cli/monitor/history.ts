import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { DriftSource, Span, WindowObservation } from '../../ports/drift-source.ts';

/** What production looked like, window by window, read once; judged as often as there are settings to try. */
export type History = {
  model: Model;
  /** What the windows' grids are of. */
  reference: ReferenceProfile;
  lengthMs: number;
  /** Oldest first, without gaps. */
  windows: WindowObservation[];
};

/** More are a mistake in a date or a window. */
const MOST = 20_000;

/** Reads the whole windows within a span. AppError config/invalid-input when there are too many. */
export async function readHistory(
  source: DriftSource,
  watched: { repository: string; monitor: Monitor; allow: string[] },
  { model, reference, from, to }: Pick<History, 'model' | 'reference'> & Span,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<History> {
  const lengthMs = watched.monitor.windowSeconds * 1000;
  const first = Math.floor(from / lengthMs);
  const count = Math.max(0, Math.floor(to / lengthMs) - first);
  if (count > MOST) {
    const most = `at most ${MOST} are read: narrow the span, or take longer windows`;
    throw new AppError('config/invalid-input', `The span has ${count} windows of ${lengthMs / 1000} s; ${most}`);
  }
  const windows: WindowObservation[] = [];
  for (let at = 0; at < count; at++) {
    const span = { from: (first + at) * lengthMs, to: (first + at + 1) * lengthMs };
    windows.push(await source.observe(watched, span, reference, model));
    onProgress(at + 1, count);
  }
  return { model, reference, lengthMs, windows };
}

/** The same history in windows that are a multiple as long; what is no whole one at either end is left out. */
export function coarserHistory(history: History, lengthMs: number): History {
  if (lengthMs === history.lengthMs) return history;
  const each = lengthMs / history.lengthMs;
  const groups = new Map<number, WindowObservation[]>();
  for (const window of history.windows) {
    const start = Math.floor(window.from / lengthMs) * lengthMs;
    groups.set(start, [...(groups.get(start) ?? []), window]);
  }
  const whole = [...groups].filter(([, parts]) => parts.length === each);
  return { ...history, lengthMs, windows: whole.map(([from, parts]) => together(parts, from, from + lengthMs)) };
}

/** Several windows as one. */
function together(parts: readonly WindowObservation[], from: number, to: number): WindowObservation {
  const newest = Math.max(...parts.map((part) => part.newest ?? Number.NEGATIVE_INFINITY));
  const sum = (of: (part: WindowObservation) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    from,
    to,
    profile: mergeWindowProfiles(parts.map(({ profile }) => profile)),
    labelled: {
      predictions: concatenate(parts.map(({ labelled }) => labelled.predictions)),
      labels: concatenate(parts.map(({ labelled }) => labelled.labels)),
    },
    malformed: parts.flatMap(({ malformed }) => malformed),
    timeless: sum(({ timeless }) => timeless),
    duplicates: sum(({ duplicates }) => duplicates),
    ...(Number.isFinite(newest) ? { newest } : {}),
    stamp: parts.map(({ stamp }) => stamp).join(' '),
  };
}

function concatenate(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
