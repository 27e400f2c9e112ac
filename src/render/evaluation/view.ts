import type { Evaluation, GateResult } from '../../domain/evaluate/evaluation.ts';

/** What a report of an evaluation is made of. */
export type EvaluationFacts = {
  evaluation: Evaluation;
  /** In the order of the spec: a waiver names a gate by its number from 1. */
  gates: GateResult[];
  model: string;
  /** How many candidates the holdout has judged, this one included. */
  evaluations?: number;
  /** Where the page with everything and the predictions as Parquet are. */
  links?: { page?: string; predictions?: string };
};

export type EvaluationView = EvaluationFacts & { plots: { name: string; alt: string; url: string }[] };
