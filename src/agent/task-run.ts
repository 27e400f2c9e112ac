import type { Readable } from 'node:stream';
import type { JobLimits } from '../agent-api/protocol.ts';
import type { JobTask } from '../domain/jobs/job.ts';
import type { DatasetReader } from '../ports/dataset.ts';
import type { PartitionProfiler } from '../ports/drift-source.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { UsageMeter } from './usage-meter.ts';

/** What a task may use. `folder` is its own and is removed afterwards. */
export type TaskRun<Kind extends JobTask['kind'] = JobTask['kind']> = {
  /** `<job>.<attempt>`, in the environment of everything that is started, so that its runner finds it again. */
  name: string;
  task: Extract<JobTask, { kind: Kind }>;
  limits: JobLimits;
  folder: string;
  checkout?: string;
  /** Checkout of the base branch, for the commands of custom metrics. */
  metricsCheckout?: string;
  dataRoot: string;
  reader: DatasetReader;
  profilePartitions: PartitionProfiler;
  evaluateCommand: string[];
  stop: AbortSignal;
  log(stream: 'stdout' | 'stderr' | 'agent', line: string): void;
  metric(step: number, metric: string, value: number): void;
  download(digest: string): Promise<Readable>;
  usage: UsageMeter;
  checkpoints: Checkpoints;
};

/** A file to hand in: where it lies, and its name for whoever reads the result. */
export type ResultFile = { file: string; path: string };

/** The work goes on where it cannot be interrupted, but nobody waits for it any more. */
export function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(stop.reason as Error);
    stop.addEventListener('abort', stopped, { once: true });
    if (stop.aborted) stopped();
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', stopped));
  });
}
