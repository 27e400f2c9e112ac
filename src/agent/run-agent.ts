import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { DatasetReader } from '../ports/dataset.ts';
import type { PartitionProfiler } from '../ports/drift-source.ts';
import { attempt } from './attempt.ts';
import { createEventSender, type EventSender } from './event-sender.ts';
import { removeFolder } from './remove-folder.ts';
import { createServerClient } from './server-client.ts';
import { createUsageMeter } from './usage-meter.ts';

export type AgentOptions = {
  serverUrl: string;
  /** Good for one attempt of one job. */
  token: string;
  /** A folder for the attempt is made in here and removed at the end. */
  workRoot: string;
  /** Where `file:` locations of datasets are. */
  dataRoot: string;
  /** `allow`: locations that the base policy allows. */
  createReader(places: { dataRoot: string; checkout?: string; allow: string[] }): DatasetReader;
  /** What jobs of monitors read production with. */
  profilePartitions: PartitionProfiler;
  /** Program and arguments of the evaluator, to which input file and output folder are added. */
  evaluateCommand: string[];
  /** A node_modules folder that training code in JavaScript may import from. */
  nodeModules?: string;
  /** How long a server that is away is waited for; ten minutes by default. */
  patienceMs?: number;
  /**
   * Ends the agent (the machine goes away): what it started is ended, a last checkpoint and the log are sent; a result
   * that is being handed in goes on.
   */
  signal?: AbortSignal;
  /** How long that may take after `signal`; 20 s by default. */
  graceMs?: number;
  checkpoints?: { intervalMs: number; settleMs: number };
  /** Between two looks at the GPUs; 5 s by default. */
  gpuIntervalMs?: number;
};

const PATIENCE_MS = 600_000;
const GRACE_MS = 20_000;
const GPU_INTERVAL_MS = 5_000;

/** `superseded`: the server wants nothing of this attempt any more. */
export type AgentOutcome = 'succeeded' | 'failed' | 'cancelled' | 'superseded';

/**
 * Does the one piece of work that the token is for. Rejects only when the server refuses the claim or stays away, or when
 * `signal` ends it; what the work itself runs into is the outcome, and the server is told.
 */
export async function runAgent(options: AgentOptions): Promise<AgentOutcome> {
  const lost = new AbortController();
  const cancelled = new AbortController();
  const client = createServerClient({
    serverUrl: options.serverUrl.replace(/\/+$/, ''),
    token: options.token,
    agent: randomUUID(),
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    signal: options.signal
      ? AbortSignal.any([lost.signal, later(options.signal, options.graceMs ?? GRACE_MS)])
      : lost.signal,
  });
  const cancel = () => cancelled.abort(new AppError('conflict/cancelled', 'the job was cancelled'));
  const claim = await client.claim();
  const usage = createUsageMeter(options.gpuIntervalMs ?? GPU_INTERVAL_MS);
  // an end whose answer was lost is told again: that the attempt is over is then no news
  let finishing = false;
  const heartbeat = setInterval(() => {
    client.heartbeat(usage.current()).then(
      (answer) => answer.cancel && cancel(),
      (error) => !finishing && isFinal(error) && lost.abort(error),
    );
  }, claim.job.limits.heartbeatMs);
  const stop = AbortSignal.any([lost.signal, cancelled.signal, ...(options.signal ? [options.signal] : [])]);
  const folder = path.join(path.resolve(options.workRoot), `${claim.job.id}.${claim.job.attempt}`);
  let events: EventSender | undefined;
  try {
    await removeFolder(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    events = createEventSender(path.join(folder, 'events'), client.sendEvents, {
      answer: (answer) => answer.cancel && cancel(),
      failure: (error) => lost.abort(error),
    });
    const outcome = await attempt(options, claim, { client, events, usage, folder, stop });
    if (lost.signal.aborted) throw lost.signal.reason;
    await events.close();
    if (outcome.status === 'cancelled') options.signal?.throwIfAborted();
    const used = usage.current();
    finishing = true;
    await client.finish({ ...outcome, ...(used ? { usage: used } : {}) });
    return outcome.status;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isFinal(error)) return 'superseded';
    throw error;
  } finally {
    clearInterval(heartbeat);
    lost.abort(new AppError('conflict/stale', 'the agent has ended'));
    events?.discard();
    await removeFolder(folder);
  }
}

/** Aborts with the same reason, so long after the other one. */
function later(signal: AbortSignal, ms: number): AbortSignal {
  const delayed = new AbortController();
  const wait = () => void setTimeout(() => delayed.abort(signal.reason), ms).unref();
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  return delayed.signal;
}

/** The server has given this attempt up, or never knew it. */
function isFinal(error: unknown): boolean {
  return error instanceof AppError && (error.family === 'conflict' || error.code === 'permission/unauthenticated');
}
