import type { AlertState, ExternalAlert } from '../domain/drift/alert.ts';
import type { Verdict, WindowVerdict } from '../domain/drift/verdict.ts';
import type { NewerData } from '../domain/spec/newer-data.ts';
import type { Monitor } from '../domain/spec/valid-monitor.ts';

/** A window as it is shown; epoch ms. */
export type DriftWindow = {
  from: number;
  to: number;
  rows: number;
  labelled: number;
  malformed?: number;
  version: string;
  /** Windows before it that are judged with it. */
  merged?: number;
  /** It has too few rows and waits for the next ones. */
  waits?: boolean;
  /** How often it was judged again, and what it said before the last time. */
  revised?: number;
  before?: Verdict;
  verdict: WindowVerdict;
};

/** Everything that the one issue of a monitor shows. */
export type DriftIssueView = {
  monitor: Monitor;
  model: string;
  /** `''`: not known. */
  version: string;
  alert: AlertState;
  /** Oldest first. */
  windows: DriftWindow[];
  /** Start of the first bad window, epoch ms. */
  since: number;
  /** What `/retrain` can make newer; without it there is nothing. */
  newer?: NewerData | undefined;
  /** Pull requests opened from the issue, and what came of each. */
  pulls: { number: number; outcome?: string }[];
  /** `text`: the same as lines of text, for where pictures are not shown. */
  plots: { alt: string; url: string; text?: string[] }[];
  /** Personal data: the column is judged, its values are not shown. */
  privateColumns: ReadonlySet<string>;
  snoozed?: { until: number; by: string };
  /** The runner's jobs come to nothing since then, and the server does their work. */
  fallback?: { since: number; runner: string; why: string };
  /** Of the user's own Prometheus. */
  alerts: ExternalAlert[];
  /** Other monitors that fire for the same cause, and the issue that they share or have. */
  related: { monitor: string; issue?: number }[];
  /** Serving, dashboards, release of the version. */
  links: { text: string; url: string }[];
};

/** The issue about the monitor itself: it fails, or nothing arrives. */
export type TroubleIssueView = {
  monitor: Monitor;
  kind: 'failing' | 'no-data';
  since: number;
  /** The error's words, or since when there are no rows. */
  text: string;
  over: boolean;
};
