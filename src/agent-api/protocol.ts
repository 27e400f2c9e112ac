/** What agent and server say to each other over HTTP under /api/agent/. The bearer token names job and attempt. */
import type { ErrorCode } from '../domain/errors.ts';
import type { ArtifactFile, JobEvent, JobTask } from '../domain/jobs/job.ts';

/** POST claim. `agent`: random, one a process; the first to claim an attempt keeps it. */
export type ClaimRequest = { agent: string };

export type JobLimits = {
  /** Wall-clock time of the training command; the evaluator has it too. */
  timeoutSeconds: number;
  /** Resident memory of all its processes together; 0: not limited. */
  memoryBytes: number;
  maxBlobBytes: number;
  heartbeatMs: number;
};

export type ClaimAnswer = {
  job: { id: string; attempt: number; task: JobTask; sha: string; limits: JobLimits };
  /** Absent when the task needs nothing of the repository. */
  checkout?: { url: string; token: string };
};

type WithoutAttempt<T> = T extends unknown ? Omit<T, 'attempt'> : never;

/** The attempt is the token's. */
export type AgentEvent = WithoutAttempt<JobEvent>;

/** POST events. Numbers continue without gaps; what is stored already may be sent again. */
export type EventsRequest = { events: AgentEvent[] };
export type EventsAnswer = { cancel: boolean; stored: number };

/** POST heartbeat. */
export type HeartbeatAnswer = { cancel: boolean };

/** POST finish. Every file is uploaded before. */
export type FinishRequest =
  | { status: 'succeeded'; files: ArtifactFile[] }
  | { status: 'failed'; error: { code: ErrorCode; message: string } }
  | { status: 'cancelled' };

export type ErrorAnswer = { code: ErrorCode; message: string };

export const MAX_EVENTS_BODY = 1_000_000;
/** Longer log lines are cut by the agent, and again by the server, which does not trust it. */
export const MAX_LINE = 4_000;
export const MAX_RESULT_FILES = 1_000;
