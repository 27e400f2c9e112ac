/** Where every dataset and model of a plan stands: read from the store, judged by nobody yet. */

import type { DataReport } from '../../domain/data/data-report.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { artifactDigest } from '../../domain/fingerprint/digest.ts';
import type { ArtifactRef, Job, JobEvent, JobTask } from '../../domain/jobs/job.ts';
import type { Plan, PlannedModel } from '../../domain/plan/plan.ts';
import type { Dataset, Gate, Model } from '../../domain/spec/valid.ts';
import type { SweepStage } from './stage-sweep.ts';

export type JobRequest = { key: string; task: JobTask; runner: string; group?: string };

export type DatasetStage = {
  planned: Plan['datasets'][number];
  dataset: Dataset;
  key: string;
  job?: Job;
  report?: DataReport;
};

export type ModelStage = {
  planned: PlannedModel;
  model: Model;
  dataset: Dataset;
  /** From the base branch where it knows the model, else as proposed. */
  gates: Gate[];
  gatesProposed: boolean;
  train: {
    key: string;
    /** Of a sweep that of the winner, as soon as there is one. */
    job?: Job;
    reused: boolean;
    artifact?: ArtifactRef;
    log: JobEvent[];
    curve: JobEvent[];
    ahead: number;
    sweep?: SweepStage;
  };
  champion?: { version: string; model: Model; artifact: ArtifactRef };
  evaluate?: {
    key: string;
    job?: Job;
    /** Digests of the report and the reference profile among the artifacts. */
    evaluationDigest?: string;
    referenceDigest?: string;
    evaluation?: Evaluation;
    log: JobEvent[];
    ahead: number;
  };
};

/** As it was trained: of a sweep with the parameters of the winner. */
export function trainedModel({ model, train }: Pick<ModelStage, 'model' | 'train'>): Model {
  const winner = train.sweep?.step.winner;
  return winner ? { ...model, train: { ...model.train, params: { ...model.train.params, ...winner.params } } } : model;
}

/** Every key that belongs to the training. */
export function trainingKeys({ key, sweep }: ModelStage['train']): string[] {
  return sweep ? sweep.step.runs.map(({ id }) => trialKey(key, id)) : [key];
}

export function trainingJobs({ job, sweep }: ModelStage['train']): Job[] {
  return sweep ? Object.values(sweep.jobs) : job ? [job] : [];
}

export const trialKey = (trainKey: string, run: string): string => `${trainKey}:trial:${run}`;

export function artifactOf(job: Job | undefined, model: Model): ArtifactRef | undefined {
  if (job?.status !== 'succeeded' || !job.result) return undefined;
  return { digest: artifactDigest(job.result.files), format: model.artifact.format, files: job.result.files };
}

export function resultFile(job: Job | undefined, path: string): string | undefined {
  return job?.status === 'succeeded' ? job.result?.files.find((file) => file.path === path)?.digest : undefined;
}
