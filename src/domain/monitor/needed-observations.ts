import type { Monitor } from '../spec/valid-monitor.ts';

/** Epoch ms. What was observed from `since` on, and in the span besides, may still be read. */
export type NeededObservations = { since: number; besides?: { from: number; to: number } };

/** Clocks differ, truth is told a little before its rows, and folders are of whole days. */
const MARGIN_MS = 7 * 86_400_000;

/**
 * What a monitor may read again of its past: the windows that are kept and those that are to come, which a version that
 * goes live or late truth lets it read anew, and the span that is its reference, whenever a version goes live.
 * `windows`: how many are kept; `oldest`: start of the first of them, or of the next, in epoch ms.
 */
export function neededObservations(
  { windowSeconds, settleSeconds, reference }: Pick<Monitor, 'windowSeconds' | 'settleSeconds' | 'reference'>,
  { now, windows, oldest }: { now: number; windows: number; oldest: number | undefined },
): NeededObservations {
  // The one that is under way, and one more that has settled and is not read yet.
  const span = (windows + 2) * windowSeconds * 1000 + settleSeconds * 1000;
  const since = Math.min(now - span, oldest ?? now) - MARGIN_MS;
  if (reference === 'training') return { since };
  return { since, besides: { from: Date.parse(reference.from), to: Date.parse(reference.to) } };
}
