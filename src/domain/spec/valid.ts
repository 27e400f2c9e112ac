/**
 * What a user wrote, as trusted: every default filled in, every unit resolved (bytes, seconds, milliseconds), every name
 * checked against NAME_PATTERN. Made by `validateRepository` only; see schema-types.ts for the form as written.
 */

import type { Json } from '../json.ts';
import type { Monitor } from './valid-monitor.ts';

/** Ranking: rows of one query (role `group`) are put in the order of a score; the label says how relevant each is. */
export type Task = 'binary-classification' | 'multiclass-classification' | 'regression' | 'ranking';

export type RunnerSpec = {
  name: string;
  /** Price of one hour in the policy's unit; 0 when not given. */
  pricePerHour: number;
  maxHours: number;
  /** Jobs of the repository there at once. */
  maxConcurrent?: number;
} & RunnerPart;

/** What only one type of runner has. */
type RunnerPart =
  | { type: 'local' }
  /** `workflow`: file name below .github/workflows of the default branch. */
  | { type: 'actions'; workflow: string; runsOn: string[]; startWithinMs: number }
  | {
      type: 'kubernetes';
      namespace: string;
      /** With its digest. */
      image: string;
      /** Kueue's local queue. */
      queue?: string;
      /** GPUs of a job whose model does not say. */
      gpu: number;
      nodeSelector: Record<string, string>;
      tolerations: { key?: string; operator?: 'Exists' | 'Equal'; value?: string; effect?: TaintEffect }[];
      volumes: { claim: string; mountPath: string; readOnly: boolean }[];
      serviceAccount?: string;
      /** Where datasets with a `file:` location are in the container. */
      dataRoot?: string;
    }
  | {
      type: 'ray';
      /** Of the dashboard, without a slash at the end. */
      address: string;
      /** Part of the run's identity; the cluster decides what it means. */
      image?: string;
      /** Argv that runs an agent on the cluster's nodes. */
      agent: string[];
      cpus: number;
      dataRoot?: string;
    };

type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

export type OwnerRule = { pattern: string; owners: string[] };

export type Policy = {
  kind: 'Policy';
  path: string;
  specs: string[];
  runners: RunnerSpec[];
  artifacts: { type: 'folder' } | { type: 's3'; bucket: string; prefix: string };
  registry: { type: 'folder' } | { type: 'oci'; repository: string };
  data: { allow: string[] };
  budget: { perPullRequest?: number; perMonth?: number };
  /** `@login`, `@org/team`. The last pattern that matches wins; the default is the first entry, pattern `**`. */
  owners: OwnerRule[];
  approvals: { required: number; allowAuthor: boolean };
};

export type ColumnType = 'integer' | 'float' | 'boolean' | 'category' | 'text' | 'timestamp' | 'tensor';

export type Column = {
  name: string;
  type: ColumnType;
  /** Of a tensor column, of one row: every row holds the product of it in numbers. */
  shape?: number[];
  /** SQL expression over the source's columns; absent: the source's column of that name. */
  sql?: string;
  nullable: boolean;
  min?: number;
  max?: number;
  maxCategories?: number;
  role?: 'label' | 'id' | 'group' | 'weight';
  pii: boolean;
};

/** Half-open [from, to), ISO dates or timestamps, on a timestamp column. */
export type DataWindow = { column: string; from: string; to: string };

export type DatasetCheck =
  | { kind: 'rows'; min?: number; max?: number }
  | { kind: 'unique'; columns: string[] }
  | { kind: 'drift'; max: number };

export type Dataset = {
  kind: 'Dataset';
  name: string;
  path: string;
  /** uri: `file:…` below the data root, a path in the repository, or `s3://…`. */
  source: { uri: string; format: 'parquet' | 'csv' | 'jsonl'; sha256?: string };
  window?: DataWindow;
  columns: Column[];
  /** One boolean SQL expression each over the columns and `window_from`, `window_to`. */
  splits: Record<string, string> & { train: string; holdout: string };
  checks: DatasetCheck[];
};

export type TensorType = 'float' | 'integer' | 'string' | 'boolean';

/** `shape`: of one row, where the column holds tensors. */
export type SignatureInput = { name: string; column: string; type: TensorType; shape?: number[] };

export type Signature = {
  inputs: SignatureInput[];
  /**
   * Binary: probability of `positive`. Multiclass: probabilities in the order of `classes`. Regression: the value, and
   * where `interval` is there the outputs that bound it, with the share of rows that they promise to hold. Ranking: a
   * score, higher is earlier.
   */
  output: {
    name: string;
    positive?: string | number | boolean;
    classes?: string[];
    interval?: { lower: string; upper: string; level: number };
  };
};

/**
 * A name of the catalogue (see metric-catalogue.ts), with its parameter after an @ where it takes one (`f_beta@2`), or
 * the name of a custom metric of the model.
 */
export type MetricName = string;

/** A column: one slice a category. A named condition: one slice. A number: one slice a bin. */
export type SliceSpec =
  | { kind: 'column'; column: string }
  | { kind: 'where'; name: string; where: string }
  /** Ascending inner edges: k edges make k + 1 bins, each with its lower edge and without its upper one. */
  | { kind: 'bins'; column: string; edges: number[] }
  /** As many bins as `count` with as equal numbers of rows as ties allow, cut on the holdout. */
  | { kind: 'quantiles'; column: string; count: number };

/** Bad slices are searched for among the categories and quantile bins of these columns and their pairs. */
export type DiscoverySpec = { columns: string[]; minRows: number };

/**
 * A command of the base branch, run by the evaluator: it is given a Parquet file of predictions and prints one line of
 * JSON, {"value", "rows"?}: `rows` one score a row of the file, whose (weighted) mean the value is.
 */
export type CustomMetric = { name: string; command: string[]; code: string[]; better: 'higher' | 'lower' };

/** A change of the inputs that must not change the answer: an SQL expression a column, over all columns. */
export type Invariance = {
  name: string;
  set: Record<string, string>;
  /** Largest change of the output that counts as none. */
  tolerance: number;
};

/** How an input is broken to see what the model does: see `Robustness`. */
export type BehaviourCheck = 'missing' | 'out-of-range' | 'determinism';

/** Share of rows that are decided positive: of all, of those that are positive, of those that are not. */
export type FairnessRate = 'selection_rate' | 'true_positive_rate' | 'false_positive_rate';
export type GateConsequence = 'block' | 'approval';

type GateBase = { onFail: GateConsequence; onCannotTell: GateConsequence };

/** A cost of serving: below (`max`) or above (`min`) a fixed value, or as a ratio candidate / champion, or both. */
type CostGate = { max?: number; min?: number; maxRatio?: number; minRatio?: number; confidence: number };

export type Gate = GateBase &
  (
    | { kind: 'absolute'; metric: MetricName; min?: number; max?: number; confidence: number }
    | {
        kind: 'champion';
        metric: MetricName;
        /** Non-inferiority: largest loss that is still acceptable, in the metric's unit, ≥ 0. */
        noWorseThan?: number;
        /** Equivalence: the difference lies within ± this. */
        within?: number;
        /** Superiority. */
        better: boolean;
        confidence: number;
      }
    | {
        kind: 'slice';
        metric: MetricName;
        /** `*`: every declared slice; else the name of one. */
        slice: string;
        minRows: number;
        min?: number;
        max?: number;
        noWorseThan?: number;
        confidence: number;
      }
    /** No slice that the search found and confirmed is worse than the champion there by more than this. */
    | { kind: 'discovered'; metric: MetricName; noWorseThan: number; confidence: number }
    | {
        kind: 'fairness';
        rate: FairnessRate;
        /** A slice column. */
        by: string;
        /** Between any two groups: largest difference, smallest ratio of the lower to the higher. */
        maxDifference?: number;
        minRatio?: number;
        minRows: number;
        confidence: number;
      }
    /** Milliseconds. */
    | ({ kind: 'latency'; quantile: 'p50' | 'p95' | 'p99' } & CostGate)
    /** Rows a second in batches of this many. */
    | ({ kind: 'throughput'; batch: number } & CostGate)
    /** Bytes. */
    | ({ kind: 'size' } & CostGate)
    | ({ kind: 'memory' } & CostGate)
    /** Milliseconds. */
    | ({ kind: 'cold-start' } & CostGate)
    /** Largest share of rows whose answer an invariance changes; `*`: each of them. */
    | { kind: 'invariance'; name: string; maxShare: number; confidence: number }
    | { kind: 'behaviour'; check: BehaviourCheck }
    /** Largest absolute difference from the predictions that the training framework gave. */
    | { kind: 'agreement'; max: number }
    /** Largest distance (sup of the CDFs) between the predictions of candidate and champion. */
    | { kind: 'prediction-drift'; max: number }
    /** Largest standard deviation of a metric over the seeds of `train.repeats`. */
    | { kind: 'seed-variance'; metric: MetricName; max: number; confidence: number }
  );

/** Stepped when `step` is there; `integer` draws and steps are whole numbers. */
export type SweepParam =
  | { kind: 'values'; values: Json[] }
  | { kind: 'range'; min: number; max: number; step?: number; integer: boolean; scale: 'linear' | 'log' };

export type Sweep = {
  /** As the training command reports it, measured on rows of the training split. */
  metric: string;
  goal: 'maximize' | 'minimize';
  params: Record<string, SweepParam>;
  search: { type: 'grid' } | { type: 'random'; trials: number };
  /** Successive halving; the resource grows from `min` to `max`, `factor` ≥ 2. */
  halving?: { param: string; min: number; max: number; factor: number };
  /** Trials at once; absent: as many as the runner takes. */
  parallel?: number;
};

export type Model = {
  kind: 'Model';
  name: string;
  path: string;
  task: Task;
  dataset: string;
  train: {
    runner: string;
    command: string[];
    code: string[];
    params: Record<string, Json>;
    sweep?: Sweep;
    resources: { gpu: number; memoryBytes: number; timeoutSeconds: number };
    seed: number;
    /** Trainings with seeds `seed`, `seed` + 1, …; the first is the candidate, the others show how much luck there is. */
    repeats: number;
  };
  artifact: { path: string; format: 'onnx' | 'tfjs' };
  signature: Signature;
  evaluate: {
    split: string;
    metrics: MetricName[];
    slices: SliceSpec[];
    /** Decision threshold of a binary classifier on the probability of `positive`; 0.5 by default. */
    threshold: number;
    /** The threshold is the one that is best in this metric on this split, each model's own; never on the holdout. */
    chooseThreshold?: { metric: MetricName; split: string };
    /** Cost of each decision: rows of truth × columns of decision, in the order of the classes (binary: no, yes). */
    costs?: number[][];
    custom: CustomMetric[];
    discover?: DiscoverySpec;
    invariances: Invariance[];
    resamples: number;
    confidence: number;
  };
  gates: Gate[];
};

export type Deployment = {
  kind: 'Deployment';
  name: string;
  path: string;
  model: string;
  environment: string;
  after?: string;
  target: { type: 'local' | 'gitops'; options: Record<string, Json> };
  strategy: { canary: number[]; intervalSeconds: number; judge?: string };
};

/** Everything declared at one commit. */
export type Repository = {
  policy: Policy;
  datasets: Dataset[];
  models: Model[];
  deployments: Deployment[];
  monitors: Monitor[];
};

/** What reaches a ref, path, shell, SQL or Markdown by name has passed this. */
export const NAME_PATTERN = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
export const MAX_NAME_LENGTH = 64;

/** A finding about a file, on its line, as a check annotation shows it. Lines and columns count from 1. */
export type SpecProblem = {
  level: 'error' | 'warning';
  path: string;
  line: number;
  column: number;
  endLine: number;
  message: string;
};
