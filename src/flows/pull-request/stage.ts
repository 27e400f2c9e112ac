/** Where every dataset and model of a plan stands: read from the store, judged by nobody yet. */

import type { GivenWaiver } from '../../domain/approvals/standing-waivers.ts';
import type { DataReport } from '../../domain/data/data-report.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { artifactDigest } from '../../domain/fingerprint/digest.ts';
import type { ArtifactRef, Job, JobEvent, JobTask } from '../../domain/jobs/job.ts';
import type { Governed } from '../../domain/plan/govern-model.ts';
import type { Plan, PlannedModel } from '../../domain/plan/plan.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { Champion } from '../champion.ts';
import type { RepeatsStage } from './stage-repeats.ts';
import type { SweepStage } from './stage-sweep.ts';

export type JobRequest = { key: string; task: JobTask; runner: string; group?: string };

export type DatasetStage = {
  planned: Plan['datasets'][number];
  dataset: Dataset;
  key: string;
  job?: Job;
  report?: DataReport;
};

/** Its gates come from the base branch where that knows the model, else they are as proposed. */
export type ModelStage = Governed & {
  planned: PlannedModel;
  dataset: Dataset;
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
    repeats?: RepeatsStage;
  };
  champion?: Champion;
  evaluate?: {
    key: string;
    job?: Job;
    /** Digests of the report and the reference profile among the artifacts. */
    evaluationDigest?: string;
    referenceDigest?: string;
    predictionsDigest?: string;
    evaluation?: Evaluation;
    /** Which candidate on this holdout it is, from 1. */
    evaluations?: number;
    /** Those that may count here, whatever they are bound to. */
    waivers: GivenWaiver[];
    /** Commit of the base branch whose commands compute the custom metrics. */
    metricsSha?: string;
    log: JobEvent[];
    ahead: number;
  };
};

/** As it was trained: of a sweep with the parameters of the winner. */
export function trainedModel({ model, train }: Pick<ModelStage, 'model' | 'train'>): Model {
  const winner = train.sweep?.step.winner;
  return winner ? { ...model, train: { ...model.train, params: { ...model.train.params, ...winner.params } } } : model;
}

/** Every key that belongs to the training. Without the first of several seeds the others are good for nothing. */
export function trainingKeys({ key, sweep, job, repeats }: ModelStage['train']): string[] {
  if (sweep) return sweep.step.runs.map(({ id }) => trialKey(key, id));
  const others = job?.status === 'failed' ? [] : (repeats?.runs ?? []);
  return [key, ...others.map((run) => run.key)];
}

export function trainingJobs({ job, sweep, repeats }: ModelStage['train']): Job[] {
  if (sweep) return Object.values(sweep.jobs);
  return [job, ...(repeats?.runs ?? []).map((run) => run.job)].filter((one) => one !== undefined);
}

export const trialKey = (trainKey: string, run: string): string => `${trainKey}:trial:${run}`;

export function artifactOf(job: Job | undefined, model: Model): ArtifactRef | undefined {
  if (job?.status !== 'succeeded' || !job.result) return undefined;
  return { digest: artifactDigest(job.result.files), format: model.artifact.format, files: job.result.files };
}

export function resultFile(job: Job | undefined, path: string): string | undefined {
  return job?.status === 'succeeded' ? job.result?.files.find((file) => file.path === path)?.digest : undefined;
}
