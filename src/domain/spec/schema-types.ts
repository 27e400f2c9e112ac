/** Generated from schemas/ by `npm run schemas`. */
export type PolicyRunner =
  | {
      type: 'local';
      pricePerHour?: PolicyPricePerHour;
      maxHours?: PolicyMaxHours;
      maxConcurrent?: PolicyMaxConcurrent;
    }
  | {
      type: 'actions';
      /**
       * File name below .github/workflows.
       */
      workflow: string;
      /**
       * Labels of the runner.
       */
      runsOn?: string[];
      /**
       * How long a job may wait for a runner before the check says so, for example 10m. Default 10m.
       */
      startWithin?: string;
      pricePerHour?: PolicyPricePerHour;
      maxHours?: PolicyMaxHours;
      maxConcurrent?: PolicyMaxConcurrent;
    }
  | {
      type: 'kubernetes';
      namespace: string;
      /**
       * Kueue queue.
       */
      queue?: string;
      /**
       * GPUs of a job.
       */
      gpu?: number;
      image: PolicyImage;
      /**
       * Labels that the node must have.
       */
      nodeSelector?: {
        [k: string]: string;
      };
      /**
       * Taints that a job tolerates.
       *
       * @maxItems 20
       */
      tolerations?: {
        key?: string;
        operator?: 'Exists' | 'Equal';
        value?: string;
        effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
      }[];
      /**
       * Claims that are mounted into a job.
       *
       * @maxItems 20
       */
      volumes?: {
        /**
         * Name of a PersistentVolumeClaim of the namespace.
         */
        claim: string;
        mountPath: string;
        /**
         * Default true.
         */
        readOnly?: boolean;
      }[];
      /**
       * Default: the namespace's own, without its token.
       */
      serviceAccount?: string;
      /**
       * Where datasets with a file: location are on that machine.
       */
      dataRoot?: string;
      pricePerHour?: PolicyPricePerHour;
      maxHours?: PolicyMaxHours;
      maxConcurrent?: PolicyMaxConcurrent;
    }
  | {
      type: 'ray';
      /**
       * Address of the Ray dashboard.
       */
      address: string;
      image?: PolicyImage;
      /**
       * Program and arguments that run an agent on the cluster's nodes. Default: sluice agent.
       *
       * @minItems 1
       * @maxItems 20
       */
      agent?: string[];
      /**
       * CPUs of a job. Default 1.
       */
      cpus?: number;
      /**
       * Where datasets with a file: location are on that machine.
       */
      dataRoot?: string;
      pricePerHour?: PolicyPricePerHour;
      maxHours?: PolicyMaxHours;
      maxConcurrent?: PolicyMaxConcurrent;
    };
/**
 * Price of one hour. Default 0.
 */
export type PolicyPricePerHour = number;
/**
 * Longest run that a model may ask for, in hours. Default 24.
 */
export type PolicyMaxHours = number;
/**
 * Jobs of this repository that may be under way there at once. Default: what the operator allows.
 */
export type PolicyMaxConcurrent = number;
/**
 * Container image, best with its digest: another image is another training run.
 */
export type PolicyImage = string;
/**
 * Where trained artifacts are kept. Default: a folder of the server.
 */
export type PolicyArtifacts =
  | {
      type: 'folder';
    }
  | {
      type: 's3';
      bucket: string;
      prefix?: string;
    };
/**
 * Where released versions are kept. Default: an OCI layout in a folder of the server.
 */
export type PolicyRegistry =
  | {
      type: 'folder';
    }
  | {
      type: 'oci';
      repository: string;
    };

/**
 * sluice.yaml: who may change what, where it runs and what it may cost. Sluice reads it from the base branch only.
 */
export interface RawPolicy {
  /**
   * Version of the grammar.
   */
  apiVersion: 'sluice/v1';
  kind: 'Policy';
  /**
   * Globs of the files that declare datasets, models, deployments and monitors. Default: models/** /model.yaml, data/*.yaml, deployments/*.yaml, monitors/*.yaml.
   *
   * @minItems 1
   * @maxItems 100
   */
  specs?: string[];
  /**
   * Where training and evaluation may run, by name. Default: one runner `local`.
   */
  runners?: {
    [k: string]: PolicyRunner;
  };
  artifacts?: PolicyArtifacts;
  registry?: PolicyRegistry;
  /**
   * Where data may be read from.
   */
  data?: {
    /**
     * Prefixes of allowed locations: a folder of this repository (data/), a folder below the data root (file:flights/) or a bucket (s3://acme-data/).
     *
     * @maxItems 100
     */
    allow: string[];
  };
  /**
   * Most that training may cost, in the price unit of the runners.
   */
  budget?: {
    perPullRequest?: number;
    perMonth?: number;
  };
  /**
   * Who approves: `default`, and globs of paths. The last pattern that matches a path decides. An owner is @login or @org/team.
   */
  owners?: {
    /**
     * @minItems 1
     * @maxItems 50
     */
    [k: string]: string[];
  };
  /**
   * How many owners must approve.
   */
  approvals?: {
    /**
     * Number of approvals. Default 1.
     */
    required?: number;
    /**
     * Whether the author of a pull request may approve it. Default false.
     */
    allowAuthor?: boolean;
  };
}

/**
 * Lower-case words joined by - or _, at most 64 characters.
 */
export type DatasetName = string;
/**
 * One boolean SQL expression.
 */
export type DatasetExpression = string;

/**
 * A dataset: where its rows are, which columns they have and how they are split.
 */
export interface RawDataset {
  /**
   * Version of the grammar.
   */
  apiVersion?: 'sluice/v1';
  kind: 'Dataset';
  name: DatasetName;
  /**
   * Where the rows are.
   */
  source: {
    /**
     * A path of this repository (data/rows.csv), a file below the data root (file:flights/flights.parquet) or s3://bucket/key. Must begin with a prefix that the policy allows.
     */
    uri: string;
    /**
     * Default: from the ending of the name.
     */
    format?: 'parquet' | 'csv' | 'jsonl';
    /**
     * Digest of the content, verified before every run.
     */
    sha256?: string;
  };
  /**
   * Only rows of this time, from inclusive, to exclusive. /retrain on a drift issue moves it.
   */
  window?: {
    /**
     * A timestamp column.
     */
    column: string;
    /**
     * ISO date or timestamp, inclusive.
     */
    from: string;
    /**
     * ISO date or timestamp, exclusive.
     */
    to: string;
  };
  /**
   * The columns that training and evaluation see.
   *
   * @minItems 2
   * @maxItems 2000
   */
  columns: DatasetColumn[];
  /**
   * One boolean SQL expression each over the columns, window_from and window_to. train and holdout must not overlap.
   */
  splits: {
    /**
     * Rows that the training command gets.
     */
    train: string;
    /**
     * Rows that models are judged on.
     */
    holdout: string;
    [k: string]: DatasetExpression;
  };
  /**
   * What must hold of the data before anything is trained on it.
   *
   * @maxItems 100
   */
  checks?: DatasetCheck[];
}
export interface DatasetColumn {
  /**
   * Letters, digits and _, at most 64 characters.
   */
  name: string;
  /**
   * tensor: a list of numbers, or lists of lists, of one shape.
   */
  type: 'integer' | 'float' | 'boolean' | 'category' | 'text' | 'timestamp' | 'tensor';
  /**
   * Shape of one row's tensor, for example [3, 32, 32].
   *
   * @minItems 1
   * @maxItems 8
   */
  shape?: number[];
  /**
   * SQL expression over the columns of the source. Default: the column of that name.
   */
  sql?: string;
  /**
   * Default true.
   */
  nullable?: boolean;
  /**
   * Smallest allowed value.
   */
  min?: number;
  /**
   * Largest allowed value.
   */
  max?: number;
  /**
   * Most distinct values of a category.
   */
  maxCategories?: number;
  /**
   * label: what a model predicts. id: joins predictions to truth. group: rows that belong together. weight: weight of a row.
   */
  role?: 'label' | 'id' | 'group' | 'weight';
  /**
   * Personal data: never shown in a report. Default false.
   */
  pii?: boolean;
}
/**
 * Exactly one of rows, unique, drift.
 */
export interface DatasetCheck {
  /**
   * Number of rows.
   */
  rows?: {
    min?: number;
    max?: number;
  };
  /**
   * Columns that identify a row.
   *
   * @minItems 1
   * @maxItems 20
   */
  unique?: string[];
  /**
   * Largest drift of a column from the version before.
   */
  drift?: {
    max: number;
  };
}

/**
 * Lower-case words joined by - or _, at most 64 characters.
 */
export type ModelName = string;
/**
 * Default: a grid.
 */
export type ModelSweepSearch =
  | {
      type: 'grid';
    }
  | {
      type: 'random';
      /**
       * How many, at most 1000.
       */
      trials: number;
    };
export type ModelTensor = string;
/**
 * A metric of the task, with its parameter after an @ where it takes one (f_beta@2), or one of evaluate.custom.
 */
export type ModelMetric =
  | (
      | 'roc_auc'
      | 'pr_auc'
      | 'log_loss'
      | 'brier'
      | 'accuracy'
      | 'balanced_accuracy'
      | 'precision'
      | 'recall'
      | 'specificity'
      | 'f1'
      | 'f_beta'
      | 'mcc'
      | 'cohen_kappa'
      | 'ece'
      | 'calibration_slope'
      | 'lift'
      | 'expected_cost'
      | 'macro_roc_auc'
      | 'weighted_roc_auc'
      | 'macro_precision'
      | 'micro_precision'
      | 'weighted_precision'
      | 'macro_recall'
      | 'micro_recall'
      | 'weighted_recall'
      | 'macro_f1'
      | 'micro_f1'
      | 'weighted_f1'
      | 'top_k_accuracy'
      | 'rmse'
      | 'mae'
      | 'median_ae'
      | 'r2'
      | 'mape'
      | 'smape'
      | 'rmsle'
      | 'pinball'
      | 'poisson_deviance'
      | 'tweedie_deviance'
      | 'interval_coverage'
      | 'interval_width'
      | 'ndcg'
      | 'map'
      | 'mrr'
    )
  | string
  | ModelName;
/**
 * One SQL expression over the columns.
 */
export type ModelExpression = string;

/**
 * A model: how it is trained, what it takes and answers, how it is judged.
 */
export interface RawModel {
  /**
   * Version of the grammar.
   */
  apiVersion?: 'sluice/v1';
  kind: 'Model';
  name: ModelName;
  task: 'binary-classification' | 'multiclass-classification' | 'regression' | 'ranking';
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  dataset: string;
  train: {
    /**
     * A runner of the policy. Default: the policy's only runner, or `local`.
     */
    runner?: string;
    /**
     * Program and arguments, never a shell string.
     *
     * @minItems 1
     * @maxItems 100
     */
    command: string[];
    /**
     * Globs of the files that training depends on. A change of one is another training run; README files and this file do not count.
     *
     * @minItems 1
     * @maxItems 100
     */
    code: string[];
    /**
     * What the command finds in SLUICE_PARAMS. /retrain key=value changes it.
     */
    params?: {
      [k: string]: unknown;
    };
    sweep?: ModelSweep;
    resources?: {
      gpu?: number;
      /**
       * For example 8Gi. Default 2Gi.
       */
      memory?: string;
      /**
       * For example 30m or 2h. Default 1h.
       */
      timeout?: string;
    };
    /**
     * What the command finds in SLUICE_SEED. Default 0.
     */
    seed?: number;
    /**
     * Trainings with the seeds seed, seed + 1, …: the first is the candidate, the others show how much luck there is. Not together with sweep. Default 1.
     */
    repeats?: number;
  };
  artifact: {
    /**
     * File below SLUICE_OUTPUT; model.json for tfjs.
     */
    path: string;
    format: 'onnx' | 'tfjs';
  };
  /**
   * What the model takes and answers.
   */
  signature: {
    /**
     * @minItems 1
     * @maxItems 2000
     */
    inputs: {
      /**
       * Name of the input in the model file.
       */
      name: string;
      /**
       * Column of the dataset. Default: the one of that name.
       */
      column?: string;
      /**
       * Default: from the type of the column.
       */
      type?: 'float' | 'integer' | 'string' | 'boolean';
    }[];
    output: {
      /**
       * Name of the output in the model file. Ranking: a score, higher is earlier.
       */
      name: string;
      /**
       * Binary: the label whose probability this is. Default true.
       */
      positive?: boolean | number | string;
      /**
       * Multiclass: labels in the order of the probabilities.
       *
       * @minItems 2
       * @maxItems 1000
       */
      classes?: string[];
      /**
       * Regression: outputs that bound the value, and the share of the rows that they promise to hold.
       */
      interval?: {
        lower: ModelTensor;
        upper: ModelTensor;
        /**
         * For example 0.9.
         */
        level: number;
      };
    };
  };
  evaluate?: {
    /**
     * Split of the dataset to judge on. Default holdout.
     */
    split?: string;
    /**
     * Metrics to report. Those that gates name are always computed.
     *
     * @minItems 1
     * @maxItems 100
     */
    metrics?: ModelMetric[];
    /**
     * Metrics of your own: a command of the base branch is given a Parquet file of predictions and prints one line of JSON.
     *
     * @maxItems 20
     */
    custom?: {
      name: ModelName;
      /**
       * Program and arguments, never a shell string.
       *
       * @minItems 1
       * @maxItems 100
       */
      command: string[];
      /**
       * Globs of the files that the command depends on.
       *
       * @minItems 1
       * @maxItems 100
       */
      code: string[];
      better: 'higher' | 'lower';
    }[];
    /**
     * Binary: probability from which a row counts as positive, or {choose: metric, split}: the one that is best in the metric on that split. Default 0.5.
     */
    threshold?:
      | number
      | {
          choose: ModelMetric;
          /**
           * A split that no model is judged on.
           */
          split: string;
        };
    /**
     * Cost of each decision, for expected_cost. Binary: {falsePositive, falseNegative}; multiclass: rows of truth × columns of decision, in the order of the classes.
     *
     * @minItems 2
     * @maxItems 1000
     */
    costs?:
      | {
          /**
           * Decided positive and is not.
           */
          falsePositive: number;
          /**
           * Decided negative and is positive.
           */
          falseNegative: number;
          /**
           * Default 0; a gain is below 0.
           */
          truePositive?: number;
          /**
           * Default 0.
           */
          trueNegative?: number;
        }
      | number[][];
    /**
     * A column (one slice a category), a named SQL condition {name, where}, or bins of a number: {column, bins: [edges]} or {column, quantiles: n}.
     *
     * @maxItems 100
     */
    slices?: (
      | string
      | {
          name?: ModelName;
          where?: ModelExpression;
          /**
           * A column of numbers.
           */
          column?: string;
          /**
           * Ascending edges between the bins; each bin has its lower edge.
           *
           * @minItems 1
           * @maxItems 49
           */
          bins?: number[];
          /**
           * Bins with as equal numbers of rows as there can be.
           */
          quantiles?: number;
        }
    )[];
    /**
     * Search for slices of one or two columns that are worse. true: in all input columns that are categories, booleans or numbers.
     */
    discover?:
      | boolean
      | {
          /**
           * Default: all input columns that are categories, booleans or numbers.
           *
           * @minItems 1
           * @maxItems 200
           */
          columns?: string[];
          /**
           * Slices with fewer rows are not looked at. Default 500.
           */
          minRows?: number;
        };
    /**
     * Changes of the inputs that must not change the answer.
     *
     * @maxItems 50
     */
    invariances?: {
      name: ModelName;
      /**
       * An SQL expression over all columns for each column that is changed.
       */
      set: {
        [k: string]: ModelExpression;
      };
      /**
       * Largest change of the output that counts as none. Default 0.001.
       */
      tolerance?: number;
    }[];
    /**
     * Bootstrap resamples. Default 1000.
     */
    resamples?: number;
    /**
     * Default 0.95.
     */
    confidence?: number;
  };
  /**
   * What must hold of the evaluation before the change may be merged.
   *
   * @maxItems 100
   */
  gates?: ModelGate[];
}
/**
 * Several trainings with different parameters; the best by a metric that the command reports becomes the candidate. The holdout is scored once, for the best.
 */
export interface ModelSweep {
  /**
   * Name in metrics.jsonl: letters, digits, _ and after the first also space . : / % -, at most 64. The command measures it on rows that it kept apart of the training split; the last value reported counts.
   */
  metric: string;
  /**
   * Which value of the metric is best.
   */
  goal: 'maximize' | 'minimize';
  /**
   * What the trials differ in, by name. Each overrides train.params.
   */
  params: {
    [k: string]: ModelSweepParam;
  };
  search?: ModelSweepSearch;
  /**
   * Successive halving: all trials start with little of a resource, the best go on with more of it.
   */
  halving?: {
    /**
     * The parameter that is the resource, for example epochs. Training time should grow with it.
     */
    param: string;
    /**
     * What every trial starts with.
     */
    min: number;
    /**
     * What the last ones, the winner among them, are trained with.
     */
    max: number;
    /**
     * By how much the resource grows from rung to rung; the best 1/factor of the trials go on. Default 2.
     */
    factor?: number;
  };
  /**
   * Trials at once. Default: as many as the runner allows.
   */
  parallel?: number;
}
/**
 * {values: […]}, or {min, max} with step, scale and type.
 */
export interface ModelSweepParam {
  /**
   * Anything that a parameter can be.
   *
   * @minItems 1
   * @maxItems 1000
   */
  values?: unknown[];
  /**
   * Smallest value.
   */
  min?: number;
  /**
   * Largest value.
   */
  max?: number;
  /**
   * Only min, min + step, min + 2 step, … up to max.
   */
  step?: number;
  /**
   * How a random search draws. Default linear.
   */
  scale?: 'linear' | 'log';
  /**
   * Default: integer when min, max and step are whole numbers, else float.
   */
  type?: 'integer' | 'float';
}
/**
 * {metric, min | max}: against a fixed value. {metric, against: champion, noWorseThan | better | within}: against the model in production. {metric, slice, …}: on slices. {fairness, by, maxDifference | minRatio}. {latency, max | maxRatio}. {throughput, min | minRatio}. {size}. {memory}. {coldStart}. {invariance, maxShare}. {behaviour}. {agreement}. {predictionDrift}. {metric, seedVariance}.
 */
export interface ModelGate {
  metric?: ModelMetric;
  /**
   * Smallest acceptable value; of a throughput gate in rows a second.
   */
  min?: number;
  /**
   * Largest acceptable value; of a latency gate a duration such as 5ms.
   */
  max?: number | string;
  against?: 'champion';
  /**
   * Largest acceptable loss against the champion, in the unit of the metric.
   */
  noWorseThan?: number;
  /**
   * Must be better than the champion.
   */
  better?: boolean;
  /**
   * Equivalence: the difference from the champion lies within ± this, in the unit of the metric.
   */
  within?: number;
  /**
   * Default 0.95.
   */
  confidence?: number;
  /**
   * Name of a slice, * for every declared slice, or discovered for those that the search found.
   */
  slice?: string;
  /**
   * Slices and groups with fewer rows are not judged. Default 500.
   */
  minRows?: number;
  /**
   * Binary: share of the rows decided positive, of all, of the positive, of the others.
   */
  fairness?: 'selection_rate' | 'true_positive_rate' | 'false_positive_rate';
  /**
   * The column whose groups are compared; one of evaluate.slices.
   */
  by?: string;
  /**
   * Largest difference of the rate between two groups.
   */
  maxDifference?: number;
  /**
   * Fairness: smallest ratio of the lower rate to the higher. Throughput: smallest ratio to the champion's.
   */
  minRatio?: number;
  /**
   * Quantile of the time of one request.
   */
  latency?: 'p50' | 'p95' | 'p99';
  /**
   * Most times the champion's, measured in the same run.
   */
  maxRatio?: number;
  /**
   * Rows in a batch.
   */
  throughput?: number;
  /**
   * Of all files of the artifact: for example 50MB, or {max, maxRatio}.
   */
  size?:
    | string
    | {
        /**
         * For example 50MB.
         */
        max?: string;
        /**
         * Most times the champion's, measured in the same run.
         */
        maxRatio?: number;
      };
  /**
   * Resident memory that loading and answering adds: for example 500MB, or {max, maxRatio}.
   */
  memory?:
    | string
    | {
        /**
         * For example 500MB.
         */
        max?: string;
        /**
         * Most times the champion's, measured in the same run.
         */
        maxRatio?: number;
      };
  /**
   * From the beginning of loading to the first answer: for example 2s, or {max, maxRatio}.
   */
  coldStart?:
    | string
    | {
        /**
         * For example 2s.
         */
        max?: string;
        /**
         * Most times the champion's, measured in the same run.
         */
        maxRatio?: number;
      };
  /**
   * Name of one of evaluate.invariances, or * for each.
   */
  invariance?: string;
  /**
   * Largest share of rows whose answer an invariance changes. Default 0.01.
   */
  maxShare?: number;
  /**
   * What the model must bear.
   */
  behaviour?: 'missing' | 'out-of-range' | 'determinism';
  /**
   * Largest difference from the predictions that the training framework gave.
   */
  agreement?: number;
  /**
   * Largest distance of the distribution functions of candidate's and champion's predictions.
   */
  predictionDrift?: number;
  /**
   * Largest standard deviation of the metric over the seeds of train.repeats.
   */
  seedVariance?: number;
  /**
   * block: cannot be merged. approval: an owner decides. Default block.
   */
  onFail?: 'block' | 'approval';
  /**
   * When the rows do not suffice for a verdict. Default approval.
   */
  onCannotTell?: 'block' | 'approval';
}

/**
 * Lower-case words joined by - or _, at most 64 characters.
 */
export type DeploymentName = string;

/**
 * A deployment: where a released model answers, and how a new version gets there.
 */
export interface RawDeployment {
  /**
   * Version of the grammar.
   */
  apiVersion?: 'sluice/v1';
  kind: 'Deployment';
  name: DeploymentName;
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  model: string;
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  environment: string;
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  after?: string;
  /**
   * What serves the model.
   */
  target:
    | {
        type: 'local';
      }
    | {
        type: 'gitops';
        repository: string;
        path: string;
        kind?: 'kserve';
      };
  strategy?: {
    /**
     * Shares of the traffic in percent, rising to 100. Default [100].
     *
     * @minItems 1
     * @maxItems 20
     */
    canary?: number[];
    /**
     * Time on each share, for example 30m. Default 0s.
     */
    interval?: string;
    /**
     * Lower-case words joined by - or _, at most 64 characters.
     */
    judge?: string;
  };
}

/**
 * Lower-case words joined by - or _, at most 64 characters.
 */
export type MonitorName = string;
/**
 * A metric of the task, with its parameter after an @ where it takes one (f_beta@2).
 */
export type MonitorMetric =
  | (
      | 'roc_auc'
      | 'pr_auc'
      | 'log_loss'
      | 'brier'
      | 'accuracy'
      | 'balanced_accuracy'
      | 'precision'
      | 'recall'
      | 'specificity'
      | 'f1'
      | 'f_beta'
      | 'mcc'
      | 'cohen_kappa'
      | 'ece'
      | 'calibration_slope'
      | 'lift'
      | 'expected_cost'
      | 'macro_roc_auc'
      | 'weighted_roc_auc'
      | 'macro_precision'
      | 'micro_precision'
      | 'weighted_precision'
      | 'macro_recall'
      | 'micro_recall'
      | 'weighted_recall'
      | 'macro_f1'
      | 'micro_f1'
      | 'weighted_f1'
      | 'top_k_accuracy'
      | 'rmse'
      | 'mae'
      | 'median_ae'
      | 'r2'
      | 'mape'
      | 'smape'
      | 'rmsle'
      | 'pinball'
      | 'poisson_deviance'
      | 'tweedie_deviance'
      | 'interval_coverage'
      | 'interval_width'
      | 'ndcg'
      | 'map'
      | 'mrr'
    )
  | string;

/**
 * A monitor: compares windows of production with what the model was trained on.
 */
export interface RawMonitor {
  /**
   * Version of the grammar.
   */
  apiVersion?: 'sluice/v1';
  kind: 'Monitor';
  name: MonitorName;
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  deployment: string;
  /**
   * Where production is read. serving (default): the log of Sluice's own inference server. observations: what is posted to the monitor. Or files.
   */
  source?:
    | ('serving' | 'observations')
    | {
        /**
         * Files, with * and ** in their path: file:log/dt=* /*.parquet or s3://bucket/log/dt=* /*.parquet. Must begin with a prefix that the policy allows. dt=, date= and year=/month=/day= in the path keep other days unread.
         */
        uri: string;
        /**
         * Default: from the ending of the name.
         */
        format?: 'parquet' | 'csv' | 'jsonl' | 'arrow';
        /**
         * Column with the time of the event: a timestamp, ISO 8601, or epoch seconds to nanoseconds.
         */
        timestamp: string;
        /**
         * How times without an offset are meant, such as Europe/Berlin. Default UTC.
         */
        timezone?: string;
        /**
         * Names in the files of what is not an input. Default: id, prediction, confidence, version, latency_ms and error where the files have them.
         */
        columns?: {
          /**
           * Names a row, so that its truth can be joined and it counts once.
           */
          id?: string;
          /**
           * Probability of the positive class, value, or index of the chosen class.
           */
          prediction?: string;
          /**
           * Probability of the chosen class.
           */
          confidence?: string;
          /**
           * Version of the model that answered.
           */
          version?: string;
          /**
           * Milliseconds.
           */
          latency?: string;
          /**
           * Set where a request got no answer.
           */
          error?: string;
        };
        /**
         * Where the truth arrives.
         */
        labels?: {
          uri: string;
          /**
           * Default: from the ending of the name.
           */
          format?: 'parquet' | 'csv' | 'jsonl' | 'arrow';
          /**
           * Column that joins truth to the id of the prediction.
           */
          key: string;
          /**
           * Column with the truth.
           */
          label: string;
          /**
           * Column with the time when it became known; the newest counts.
           */
          timestamp?: string;
        };
      };
  /**
   * @hourly, @daily, @weekly or a duration such as 30m. Default: the window.
   */
  schedule?: string;
  /**
   * Length of a window, for example 1d.
   */
  window: string;
  /**
   * How long after its end a window waits for late rows, such as 2h. Default: none.
   */
  settle?: string;
  /**
   * What windows are compared with. training (default): what the live version was trained on. Or days of production, as /accept writes them.
   */
  reference?:
    | 'training'
    | {
        /**
         * First day, such as 2026-01-01.
         */
        from: string;
        /**
         * The day after the last.
         */
        to: string;
      };
  /**
   * Compare with the same hours of the training: hour of the day, weekday, or hour of the week (UTC). Needs a window or a timestamp column in the dataset. Default none.
   */
  seasonality?: 'none' | 'hour' | 'weekday' | 'hour-of-week';
  columns?: {
    /**
     * Columns that may differ from the training.
     *
     * @maxItems 2000
     */
    ignore?: string[];
  };
  /**
   * Smallest shift that counts: distance of the distributions, 0 to 1. Default 0.1.
   */
  effect?: number;
  /**
   * A window with fewer rows is judged together with the ones before it. Default 350.
   */
  minRows?: number;
  /**
   * Share of false findings among a window's findings that is put up with. Default 0.05.
   */
  falseDiscoveryRate?: number;
  /**
   * Whether the columns are also judged together, by the error of reconstructing them. Default true.
   */
  multivariate?: boolean;
  /**
   * Limits that are no statistics: broken by one window, they open the issue at once.
   */
  checks?: {
    rows?: {
      /**
       * Fewest rows of a window.
       */
      min?: number;
      /**
       * Most rows of a window.
       */
      max?: number;
    };
    /**
     * Oldest that the newest row may be at the window's end, such as 2h.
     */
    freshness?: string;
    latency?: {
      /**
       * Such as 50ms.
       */
      p99: string;
    };
    errors?: {
      /**
       * Share of the requests that may get no answer.
       */
      max: number;
    };
  };
  /**
   * How much worse than promised a metric may get before it counts.
   *
   * @maxItems 20
   */
  metrics?: {
    metric: MonitorMetric;
    noWorseThan: number;
  }[];
  open?: {
    /**
     * Bad windows before an issue is opened. Default 2.
     */
    after?: number;
    /**
     * An alert that comes back so soon re-opens its issue. Default 7d.
     */
    grace?: string;
  };
  close?: {
    /**
     * Good windows before the issue is closed. Default 3.
     */
    after?: number;
  };
  issue?: {
    /**
     * Default [drift].
     *
     * @maxItems 20
     */
    labels?: string[];
    /**
     * Default owners.
     */
    assign?: 'owners' | 'nobody';
  };
  /**
   * suggest: the issue says how. pull-request: Sluice opens the pull request itself. Default suggest.
   */
  retrain?: 'suggest' | 'pull-request';
  /**
   * Lower-case words joined by - or _, at most 64 characters.
   */
  runner?: string;
}
