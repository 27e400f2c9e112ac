/**
 * What agent and server say to each other over HTTP under /api/agent/. The bearer token names job and attempt; after the
 * claim the header `sluice-agent` names the process, so that a token that leaks is of no use to another one.
 */
import type { ErrorCode } from '../domain/errors.ts';
import type { ArtifactFile, JobEvent, JobTask, Usage } from '../domain/jobs/job.ts';

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
  /** What an earlier attempt saved; its content is at GET checkpoints/<digest>. */
  checkpoint?: { files: ArtifactFile[] };
};

type WithoutAttempt<T> = T extends unknown ? Omit<T, 'attempt'> : never;

/** The attempt is the token's. */
export type AgentEvent = WithoutAttempt<JobEvent>;

/** POST events. Numbers continue without gaps; what is stored already may be sent again. */
export type EventsRequest = { events: AgentEvent[] };
export type EventsAnswer = { cancel: boolean; stored: number };

/** POST heartbeat. `usage`: what the attempt has used so far. */
export type HeartbeatRequest = { usage?: Usage };
export type HeartbeatAnswer = { cancel: boolean };

/** POST checkpoint. The state that the next attempt starts from; it takes the place of the one before. */
export type CheckpointRequest = { files: ArtifactFile[] };

/**
 * Content, at blobs/<digest> for results and at checkpoints/<digest> for checkpoints. HEAD: 200 when it is there, else
 * 404 with how many bytes of it have arrived in OFFSET_HEADER. PATCH with OFFSET_HEADER (where this piece begins) and
 * LENGTH_HEADER (of the whole) appends; with the last piece the digest is verified. A piece that breaks off leaves what
 * arrived of it. 409 when the offset is not what has arrived. GET: what the job needs.
 */
export type UploadAnswer = { received: number };
export const OFFSET_HEADER = 'upload-offset';
export const LENGTH_HEADER = 'upload-length';
/** Longer pieces are refused, so that no request lives long. */
export const MAX_PIECE_BYTES = 8 * 2 ** 20;

/** POST finish. Every file is uploaded before. */
export type FinishRequest = FinishOutcome & { usage?: Usage };
export type FinishOutcome =
  | { status: 'succeeded'; files: ArtifactFile[] }
  | { status: 'failed'; error: { code: ErrorCode; message: string } }
  | { status: 'cancelled' };

export type ErrorAnswer = { code: ErrorCode; message: string };

export const MAX_EVENTS_BODY = 1_000_000;
/** Of an attempt; an agent leaves log lines out long before. */
export const MAX_EVENTS = 1_200_000;
/** Longer log lines are cut by the agent, and again by the server, which does not trust it. */
export const MAX_LINE = 4_000;
export const MAX_RESULT_FILES = 1_000;
export const MAX_CHECKPOINT_FILES = 100;
export const AGENT_HEADER = 'sluice-agent';
