import type { JobTask } from './job.ts';

/** Checkout, data and uploads have this much besides the command's own time. */
const OVERHEAD_SECONDS = 900;
const DEFAULT_TIMEOUT_SECONDS = 1_800;
/** An attempt in a cluster's queue may wait for days before it claims. */
const WAIT_MS = 7 * 24 * 3_600_000;

/** How long the task's command may take. */
export function timeoutSeconds(task: JobTask): number {
  return task.kind === 'train' ? task.model.train.resources.timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
}

/** How long an attempt may take from claim to end. */
export function deadlineMs(task: JobTask): number {
  return (timeoutSeconds(task) + OVERHEAD_SECONDS) * 1000;
}

/** How long the token of an attempt is good: it waits, and then works for as long as it may. */
export function tokenLifeMs(task: JobTask): number {
  return WAIT_MS + deadlineMs(task);
}
