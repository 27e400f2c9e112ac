/** What ties a run on GitHub Actions to the attempt of a job that it was dispatched for. */
import type { Json } from '../json.ts';

/** What is kept of the run (`job.handle`). `runAttempt`: 1, more once somebody ran it again on GitHub. */
export type ActionsHandle = { runId: number; url: string; workflow: string; runAttempt: number };

const TITLE = /^sluice ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,3})$/;

/** What `run-name` of the workflow makes of its inputs. */
export function runTitle({ id, attempt }: { id: string; attempt: number }): string {
  return `sluice ${id}.${attempt}`;
}

/** Undefined for a run that is none of ours. */
export function attemptOfTitle(title: string): { id: string; attempt: number } | undefined {
  const [, id, attempt] = TITLE.exec(title) ?? [];
  return id === undefined ? undefined : { id, attempt: Number(attempt) };
}

/** Undefined where another type of runner has the job, or where the run is not known yet. */
export function actionsHandle({ handle }: { handle?: Json }): ActionsHandle | undefined {
  if (typeof handle !== 'object' || handle === null || Array.isArray(handle)) return undefined;
  const { runId, runAttempt } = handle;
  return typeof runId === 'number' && typeof runAttempt === 'number' ? (handle as ActionsHandle) : undefined;
}
