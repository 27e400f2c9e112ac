import type { Span } from '../../../ports/drift-source.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const SEGMENT = /^([A-Za-z_]+)=(.+)$/;

/**
 * The span of time that the `key=value` folders of a path name: `dt=2001-05-01` or `date=`, with `hour=` where it is
 * there; `year=`, `month=`, `day=`, `hour=` as far as they go. UTC; undefined: the path says nothing.
 */
export function spanOfPath(path: string): Span | undefined {
  const parts = pathColumns(path);
  const dated = /^(\d{4})-(\d{2})-(\d{2})(?:[T_ -](\d{2}))?/.exec(parts.get('dt') ?? parts.get('date') ?? '');
  const number = (key: string) => (/^\d{1,4}$/.test(parts.get(key) ?? '') ? Number(parts.get(key)) : undefined);
  if (dated) {
    const hour = dated[4] === undefined ? number('hour') : Number(dated[4]);
    return spanOf(Number(dated[1]), Number(dated[2]), Number(dated[3]), hour);
  }
  const year = number('year');
  return year === undefined ? undefined : spanOf(year, number('month'), number('day'), number('hour'));
}

/** `key=value` folders of a path, lower-case keys; the file's name is none. */
export function pathColumns(path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const segment of path.split('/').slice(0, -1)) {
    const [, key, value] = SEGMENT.exec(segment) ?? [];
    if (key !== undefined) found.set(key.toLowerCase(), value!);
  }
  return found;
}

/** Whether rows of that folder may lie in the window. */
export function mayReach(span: Span | undefined, window: Span, slackMs: number): boolean {
  return span === undefined || (span.from - slackMs < window.to && span.to + slackMs > window.from);
}

function spanOf(year: number, month?: number, day?: number, hour?: number): Span | undefined {
  if (month === undefined) return valid(Date.UTC(year, 0), Date.UTC(year + 1, 0));
  if (month < 1 || month > 12) return undefined;
  if (day === undefined) return valid(Date.UTC(year, month - 1), Date.UTC(year, month));
  const from = Date.UTC(year, month - 1, day);
  if (new Date(from).getUTCDate() !== day) return undefined;
  if (hour === undefined || hour > 23) return valid(from, from + DAY_MS);
  return valid(from + hour * HOUR_MS, from + (hour + 1) * HOUR_MS);
}

function valid(from: number, to: number): Span | undefined {
  return Number.isFinite(from) && from > 0 ? { from, to } : undefined;
}
