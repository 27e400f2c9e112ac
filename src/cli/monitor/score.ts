import type { Span } from '../../ports/drift-source.ts';
import type { ReplayedIssue } from './replay.ts';

/** What is known of the past: spans in which something was wrong, and until when all was well otherwise. */
export type Truth = { healthyUntil?: number; bad: Span[] };

export type Score = {
  issues: number;
  /** Issues that opened while all was well. */
  falseAlarms: number;
  /** By bad span, ms from its beginning to the issue; undefined: none opened while it lasted. */
  delays: (number | undefined)[];
};

/** `slackMs`: an issue opens at the end of a window, which may lie so long after the span. */
export function score(issues: readonly ReplayedIssue[], { healthyUntil, bad }: Truth, slackMs: number): Score {
  const during = ({ opened }: ReplayedIssue, { from, to }: Span) => opened > from && opened <= to + slackMs;
  const healthy = ({ opened }: ReplayedIssue) => (healthyUntil === undefined ? bad.length > 0 : opened <= healthyUntil);
  const falseAlarms = issues.filter((issue) => healthy(issue) && !bad.some((span) => during(issue, span))).length;
  const delays = bad.map((span) => {
    const found = issues.find((issue) => during(issue, span) || coveredBy(issue, span));
    return found === undefined ? undefined : Math.max(0, found.opened - span.from);
  });
  return { issues: issues.length, falseAlarms, delays };
}

/** It was open when the span began and stayed so. */
function coveredBy({ opened, closed = Number.POSITIVE_INFINITY }: ReplayedIssue, { from }: Span): boolean {
  return opened <= from && closed > from;
}

/** Order of preference: fewest mistakes of either kind, then the shortest delays. */
export function compareScores(a: Score, b: Score): number {
  return mistakes(a) - mistakes(b) || delay(a) - delay(b) || a.issues - b.issues;
}

function mistakes({ falseAlarms, delays }: Score): number {
  return falseAlarms + delays.filter((one) => one === undefined).length;
}

function delay({ delays }: Score): number {
  return delays.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}
