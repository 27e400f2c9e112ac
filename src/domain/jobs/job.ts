/** Work for a runner, as data. The agent gets a `JobTask`, and nothing else, from the server. */
import type { Json } from '../json.ts';
import type { Dataset, Model } from '../spec/valid.ts';

/** `digest`: `sha256:<hex>` of the canonical JSON of `files` sorted by path (see fingerprint/digest.ts). */
export type ArtifactRef = { digest: string; format: 'onnx' | 'tfjs'; files: ArtifactFile[] };

/** `digest`: `sha256:<hex>` of the content; `size` in bytes. */
export type ArtifactFile = { path: string; digest: string; size: number };

export type JobTask =
  /** Validates a dataset and, where there is one, compares it with the version before. Result file: data.json. */
  | { kind: 'data'; dataset: Dataset; previous?: Dataset; allow: string[] }
  /** Runs the training command on the training split. Result files: the artifact's. */
  | { kind: 'train'; model: Model; dataset: Dataset; allow: string[] }
  /**
   * Scores candidate and champion on the same holdout. Result files: evaluation.json, reference.json,
   * predictions.parquet.
   */
  | {
      kind: 'evaluate';
      model: Model;
      dataset: Dataset;
      allow: string[];
      candidate: ArtifactRef;
      champion?: { version: string; model: Model; artifact: ArtifactRef };
    };

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export type Job = {
  id: string;
  /** What the job is for, e.g. `train:<fingerprint>`; one live job a key. */
  key: string;
  task: JobTask;
  repository: string;
  /** Exact commit whose checkout the job works on. */
  sha: string;
  /** Pull request to tell when something changes; none for a job of a monitor. */
  pull?: number;
  runner: string;
  status: JobStatus;
  /** 0 until it is first handed to its runner, then from 1; a lost agent makes it one more. */
  attempt: number;
  maxAttempts: number;
  /** Epoch milliseconds. */
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  /** Which process claimed this attempt: a second one that was started for it by mistake is refused. */
  agent?: string;
  /** The agent must be heard before this moment, else it counts as lost. */
  leaseUntil?: number;
  /** Hard end of the running attempt. */
  deadline?: number;
  cancelRequested: boolean;
  /** Whatever the runner needs to find the process again (pid, run id, …). */
  handle?: Json;
  result?: { files: ArtifactFile[] };
  error?: { code: string; message: string };
};

/** Numbered from 1 without gaps within (job, attempt), so that a reconnect neither loses nor doubles. */
export type JobEvent = { attempt: number; seq: number; at: number } & (
  | { kind: 'log'; stream: 'stdout' | 'stderr' | 'agent'; line: string }
  | { kind: 'metric'; step: number; metric: string; value: number }
);

export function isFinished(job: Job): boolean {
  return job.status === 'succeeded' || job.status === 'failed' || job.status === 'cancelled';
}
