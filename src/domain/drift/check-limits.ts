import { wilsonInterval } from '../evaluate/intervals/proportion-intervals.ts';
import { valueAt } from './make-profile.ts';
import type { ColumnProfile } from './profile.ts';
import { numericCells } from './profile-cells.ts';
import type { QualityInput } from './quality-input.ts';
import type { QualityFinding } from './verdict.ts';

/** With fewer rows the 99th percentile is the slowest one, or near. */
const LEAST_ROWS = 100;

/** One of three is no rate. */
const LEAST_ERRORS = 10;

/** Freshness, latency and errors against what is declared of them; nothing is checked that is not declared. */
export function checkLimits({ profile, span, newest, checks, windowSeconds }: QualityInput): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const broken = (check: QualityFinding['check'], text: string) => findings.push({ check, level: 'severe', text });

  const limit = checks.freshnessSeconds;
  // Without a row in it the newest is older than the window at least.
  const age = newest === undefined ? windowSeconds : (span.to - newest) / 1000;
  if (limit !== undefined && age > limit) {
    const before = newest === undefined ? 'at least ' : '';
    broken(
      'freshness',
      `the newest row is ${before}${duration(age)} old at the window's end, ${duration(limit)} is allowed`,
    );
  }
  const p99 = latencyQuantile(profile.latency, 0.99);
  if (checks.latency && p99 !== undefined && p99 > checks.latency.p99Ms) {
    broken('latency', `99 % of the answers took up to ${p99.toPrecision(3)} ms, ${checks.latency.p99Ms} ms is allowed`);
  }
  const requests = profile.rows + profile.errors;
  const share = requests > 0 ? profile.errors / requests : 0;
  const isRate = profile.errors >= LEAST_ERRORS;
  const atLeast = isRate ? (wilsonInterval(profile.errors, requests, 0.95).lower ?? 0) : 0;
  if (checks.errors && atLeast > checks.errors.max) {
    broken(
      'errors',
      `${percent(share)} of ${requests} requests got no answer, ${percent(checks.errors.max)} is allowed`,
    );
  }
  return findings;
}

/** In ms, read at the middle of the bin; undefined with fewer than a hundred rows. */
export function latencyQuantile(latency: ColumnProfile | undefined, p: number): number | undefined {
  if (latency?.kind !== 'numeric' || latency.rows < LEAST_ROWS) return undefined;
  const cells = numericCells(latency);
  const total = cells.reduce((sum, count) => sum + count, 0);
  let cumulative = 0;
  const cell = cells.findIndex((count) => {
    cumulative += count;
    return cumulative >= p * total;
  });
  return 10 ** valueAt(Math.min(Math.max(cell - 0.5, 0), cells.length - 2), latency);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
