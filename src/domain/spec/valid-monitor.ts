/** A monitor as trusted; the other kinds are in valid.ts. */
import type { MetricName } from './valid.ts';

/**
 * Where a monitor reads production. serving: the log that Sluice's own inference server writes · observations: what was
 * posted to the monitor · files: a location with `*` and `**`, such as `s3://bucket/log/dt=*` + `/*.parquet`.
 */
export type MonitorSource =
  | { kind: 'serving' }
  | { kind: 'observations' }
  | {
      kind: 'files';
      uri: string;
      format: 'parquet' | 'csv' | 'jsonl' | 'arrow';
      /** Column with the time of the event. */
      timestamp: string;
      /** IANA name; how times without an offset are meant. */
      timezone: string;
      /** Names in the source; an input is looked for under the name of its column. */
      columns: {
        id?: string;
        prediction?: string;
        confidence?: string;
        version?: string;
        latency?: string;
        error?: string;
      };
      /** `key` joins truth to `columns.id`; `label` holds the truth; `timestamp` when it became known, the newest counts. */
      labels?: {
        uri: string;
        format: 'parquet' | 'csv' | 'jsonl' | 'arrow';
        key: string;
        label: string;
        timestamp?: string;
      };
    };

export type Monitor = {
  kind: 'Monitor';
  name: string;
  path: string;
  deployment: string;
  source: MonitorSource;
  scheduleSeconds: number;
  windowSeconds: number;
  /** How long after its end a window waits for late rows before it is judged. */
  settleSeconds: number;
  /** training: what the live version was trained on · a span of production, half-open, ISO days. */
  reference: 'training' | { from: string; to: string };
  /** By which hours a window is compared with the same ones of the reference. */
  seasonality: 'none' | 'hour' | 'weekday' | 'hour-of-week';
  columns: { ignore: string[] };
  /** Minimum effect on an input or the prediction, sup distance of the CDFs (numeric) or PSI (categorical). */
  effect: number;
  /** A window with fewer is judged together with the ones before it. */
  minRows: number;
  /** Over the tests of one window. */
  falseDiscoveryRate: number;
  /** Whether the columns are also judged together, by the error of their reconstruction. */
  multivariate: boolean;
  /** Limits that are no statistics: broken by one window, they open at once. */
  checks: {
    rows?: { min?: number; max?: number };
    /** The newest row must not be older than that at the window's end. */
    freshnessSeconds?: number;
    latency?: { p99Ms: number };
    /** Share of the requests that may get no answer. */
    errors?: { max: number };
  };
  performance: { metric: MetricName; noWorseThan: number }[];
  /** `graceSeconds`: an alert that comes back within that re-opens its issue. */
  open: { after: number; graceSeconds: number };
  close: { after: number };
  issue: { labels: string[]; assign: 'owners' | 'nobody' };
  retrain: 'suggest' | 'pull-request';
  /** A runner of the policy that profiles large windows; absent: the server does it itself. */
  runner?: string;
};
