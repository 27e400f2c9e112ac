/** One row of a request. `at`: event time in epoch ms (the caller's timestamp if it gave one, else arrival). */
export type LoggedPrediction = {
  id: string;
  at: number;
  receivedAt: number;
  deployment: string;
  version: string;
  inputs: Record<string, number | string | boolean | null>;
  /** Binary: probability; regression: value; multiclass: index of the most probable class. null: it got no answer. */
  prediction: number | null;
  /** Probability of the more probable class; classification only. */
  confidence?: number;
  /** Why there is no answer: the error's code. */
  error?: string;
  /** From the arrival of the request to its answer, before it was logged. */
  latencyMs: number;
};

/** Append-only, durable before `append` returns; becomes Parquet, partitioned by day of `at`. */
export type InferenceLog = {
  append(records: LoggedPrediction[]): Promise<void>;
  /** Makes everything appended readable as Parquet. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** Truth that became known after the prediction; joined by `id`, the newest one counts. `at`: when it became known. */
export type LoggedLabel = { id: string; label: number | string | boolean; at: number; receivedAt: number };

/** Same promises as `InferenceLog`. */
export type LabelLog = {
  append(labels: LoggedLabel[]): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
};
