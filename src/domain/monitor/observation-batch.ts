/** One answer of a model that serves elsewhere, as its owner posts it. Times: epoch ms. */
export type Observed = {
  id: string;
  at: number;
  version?: string;
  inputs: Record<string, number | string | boolean | null>;
  /** Binary: probability; regression: value; multiclass: index of the most probable class. null: it got no answer. */
  prediction: number | null;
  confidence?: number;
  latencyMs?: number;
  /** Why there is no answer. */
  error?: string;
};

/** Truth that became known afterwards, at the time of its arrival where `at` does not say otherwise. */
export type ObservedLabel = { id: string; label: string; at?: number };

/** All of it or nothing. `id`: the sender's; the same content comes again under the same one. */
export type ObservationBatch = { id: string; observations: Observed[]; labels: ObservedLabel[] };

/** What is wrong with a body that was posted, where, and what to do. */
export type PostedProblem = {
  /** Such as `observations[17].inputs.age`; of NDJSON `line 18`. */
  at: string;
  /** Of the row in its list, or of the line, from 0. */
  index?: number;
  problem: string;
  fix: string;
};
