/** Work for a runner, as data. The agent gets a `JobTask`, and nothing else, from the server. */
import type { Json } from '../json.ts';
import type { Dataset, Model, RunnerSpec } from '../spec/valid.ts';
import type { Monitor } from '../spec/valid-monitor.ts';

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
   * predictions.parquet. `repeats`: trainings of the candidate with other seeds. `metricsSha`: commit of the base branch
   * whose commands compute the custom metrics.
   */
  | {
      kind: 'evaluate';
      model: Model;
      dataset: Dataset;
      allow: string[];
      candidate: ArtifactRef;
      champion?: { version: string; model: Model; artifact: ArtifactRef };
      repeats?: { seed: number; artifact: ArtifactRef }[];
      metricsSha?: string;
    }
  /** Profiles files of a monitor's source on the grids of a reference. Result file: PARTITIONS_FILE (PartitionProfile[]). */
  | {
      kind: 'profile';
      model: Model;
      monitor: Monitor;
      allow: string[];
      /** The ReferenceProfile as it is kept. */
      reference: ArtifactFile;
      partitions: { uri: string; stamp: string }[];
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
  /** Jobs that belong together and may be started as one: trials of a sweep, repeats, the profiles of one window. */
  group?: string;
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
  /** The runner as the policy had it when this attempt was handed over: it is followed and ended where it began. */
  place?: RunnerSpec;
  /** Whatever the runner needs to find the process again (pid, run id, …). */
  handle?: Json;
  /** When the attempt was handed to the runner. */
  handedAt?: number;
  /** Why the runner has not started it, in its words. */
  waitingFor?: string;
  /** Newest state that the training saved; the next attempt goes on from there. */
  checkpoint?: { files: ArtifactFile[]; attempt: number; at: number };
  /** What the running or last attempt used, as its agent measured it. */
  usage?: Usage;
  /** Of all attempts that have ended. */
  spent?: Spent;
  result?: { files: ArtifactFile[] };
  error?: { code: string; message: string };
};

/** Measured by the agent on its machine. */
export type Usage = {
  /** CPU time of the command and its children. */
  cpuSeconds?: number;
  /** Highest resident memory of all processes together. */
  peakMemoryBytes?: number;
  /** Only where nvidia-smi answers. */
  gpu?: {
    model: string;
    count: number;
    /** Mean over time and GPUs, 0 to 1. */
    utilisation: number;
    /** Highest, all GPUs together. */
    peakMemoryBytes: number;
    /** All GPUs together; absent where the GPU does not tell its power. */
    energyJoules?: number;
  };
};

/** Wall-clock time from claim to end; `price` in the policy's unit, `gpuSeconds` for each GPU that was reserved. */
export type Spent = { seconds: number; gpuSeconds: number; price: number };

/** Numbered from 1 without gaps within (job, attempt), so that a reconnect neither loses nor doubles. */
export type JobEvent = { attempt: number; seq: number; at: number } & (
  | { kind: 'log'; stream: 'stdout' | 'stderr' | 'agent'; line: string }
  | { kind: 'metric'; step: number; metric: string; value: number }
);

export const PARTITIONS_FILE = 'partitions.json';

/** One of many of a sweep. */
export const isTrial = ({ key }: Pick<Job, 'key'>): boolean => /:trial:\d/.test(key);

/** Trials begin and end by the hundred: their pull request is looked at once for all within so many milliseconds. */
export const TRIAL_LOOK_MS = 10_000;

export function isFinished(job: Pick<Job, 'status'>): boolean {
  return job.status === 'succeeded' || job.status === 'failed' || job.status === 'cancelled';
}
