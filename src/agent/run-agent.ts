import { randomUUID } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { type ClaimAnswer, type FinishRequest, MAX_LINE } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import type { DatasetReader } from '../ports/dataset.ts';
import { checkOut } from './check-out.ts';
import { createLineCleaner } from './clean-line.ts';
import { createEventSender, type EventSender } from './event-sender.ts';
import { handIn } from './hand-in.ts';
import { createServerClient, type ServerClient } from './server-client.ts';
import type { ResultFile, TaskRun } from './task-run.ts';
import { inspectData } from './tasks/data.ts';
import { evaluate } from './tasks/evaluate.ts';
import { train } from './tasks/train.ts';

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
  /** Program and arguments of the evaluator, to which input file and output folder are added. */
  evaluateCommand: string[];
  /** A node_modules folder that training code in JavaScript may import from. */
  nodeModules?: string;
  /** How long a server that is away is waited for; ten minutes by default. */
  patienceMs?: number;
  /** Ends the agent: what it started is ended, the server hears nothing. */
  signal?: AbortSignal;
};

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
    patienceMs: options.patienceMs ?? 600_000,
    signal: options.signal ? AbortSignal.any([lost.signal, options.signal]) : lost.signal,
  });
  const cancel = () => cancelled.abort(new AppError('conflict/cancelled', 'the job was cancelled'));
  const claim = await client.claim(randomUUID());
  const heartbeat = setInterval(() => {
    client.heartbeat().then(
      (answer) => answer.cancel && cancel(),
      (error) => isFinal(error) && lost.abort(error),
    );
  }, claim.job.limits.heartbeatMs);
  const events = createEventSender(client.sendEvents, {
    answer: (answer) => answer.cancel && cancel(),
    failure: (error) => lost.abort(error),
  });
  const stop = AbortSignal.any([lost.signal, cancelled.signal, ...(options.signal ? [options.signal] : [])]);
  const folder = path.join(path.resolve(options.workRoot), `${claim.job.id}.${claim.job.attempt}`);
  try {
    const outcome = await attempt(options, claim, { client, events, folder, stop });
    options.signal?.throwIfAborted();
    if (lost.signal.aborted) throw lost.signal.reason;
    await events.close();
    await client.finish(outcome);
    return outcome.status;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isFinal(error)) return 'superseded';
    throw error;
  } finally {
    clearInterval(heartbeat);
    lost.abort(new AppError('conflict/stale', 'the agent has ended'));
    await rm(folder, { recursive: true, force: true });
  }
}

type World = { client: ServerClient; events: EventSender; folder: string; stop: AbortSignal };

/** Whatever goes wrong in here is the job's outcome. */
async function attempt(options: AgentOptions, claim: ClaimAnswer, world: World): Promise<FinishRequest> {
  const { client, events, folder, stop } = world;
  const { job, checkout } = claim;
  const clean = createLineCleaner([options.token, ...(checkout ? [checkout.token] : [])], MAX_LINE);
  const log: TaskRun['log'] = (stream, line) => events.log(stream, clean(line));
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    if (options.nodeModules !== undefined) await symlink(options.nodeModules, path.join(folder, 'node_modules'));
    const code = checkout && path.join(folder, 'checkout');
    if (checkout) {
      log('agent', `checking out ${job.sha}`);
      await checkOut({ ...checkout, sha: job.sha }, code!, { stop, onLine: (line) => log('agent', line) });
    }
    const places = { dataRoot: options.dataRoot, ...(code === undefined ? {} : { checkout: code }) };
    const files = await perform({
      ...places,
      name: `${job.id}.${job.attempt}`,
      task: job.task,
      limits: job.limits,
      folder,
      reader: options.createReader({ ...places, allow: job.task.allow }),
      evaluateCommand: options.evaluateCommand,
      stop,
      log,
      metric: (step, metric, value) => events.metric(step, clean(metric), value),
      download: client.download,
    });
    stop.throwIfAborted();
    return { status: 'succeeded', files: await handIn(client, files, job.limits.maxBlobBytes) };
  } catch (error) {
    if (stop.aborted) return { status: 'cancelled' };
    const code = error instanceof AppError ? error.code : 'bug/invariant';
    const message = clean(error instanceof Error ? error.message : String(error));
    log('agent', message);
    return { status: 'failed', error: { code, message } };
  }
}

function perform(run: TaskRun): Promise<ResultFile[]> {
  const { task } = run;
  switch (task.kind) {
    case 'train':
      return train({ ...run, task });
    case 'data':
      return inspectData({ ...run, task });
    case 'evaluate':
      return evaluate({ ...run, task });
  }
}

/** The server has given this attempt up, or never knew it. */
function isFinal(error: unknown): boolean {
  return error instanceof AppError && (error.family === 'conflict' || error.code === 'permission/unauthenticated');
}
