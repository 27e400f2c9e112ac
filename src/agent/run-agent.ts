import { randomUUID } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { type ClaimAnswer, type FinishOutcome, MAX_LINE } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import type { DatasetReader } from '../ports/dataset.ts';
import { checkOut } from './check-out.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createLineCleaner } from './clean-line.ts';
import { createEventSender, type EventSender } from './event-sender.ts';
import { handIn } from './hand-in.ts';
import { removeFolder } from './remove-folder.ts';
import { KEEP_CHARACTERS } from './run-command.ts';
import { secretsOf } from './secrets.ts';
import { createServerClient, type ServerClient } from './server-client.ts';
import type { ResultFile, TaskRun } from './task-run.ts';
import { inspectData } from './tasks/data.ts';
import { evaluate } from './tasks/evaluate.ts';
import { train } from './tasks/train.ts';
import { createUsageMeter, type UsageMeter } from './usage-meter.ts';

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
  /** Ends the agent (the machine goes away): what it started is ended, a last checkpoint and the log are sent. */
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
const CHECKPOINTS = { intervalMs: 2_000, settleMs: 500 };

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
  const heartbeat = setInterval(() => {
    client.heartbeat(usage.current()).then(
      (answer) => answer.cancel && cancel(),
      (error) => isFinal(error) && lost.abort(error),
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
    options.signal?.throwIfAborted();
    const used = usage.current();
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

type World = { client: ServerClient; events: EventSender; usage: UsageMeter; folder: string; stop: AbortSignal };

/** Whatever goes wrong in here is the job's outcome. */
async function attempt(options: AgentOptions, claim: ClaimAnswer, world: World): Promise<FinishOutcome> {
  const { client, events, usage, folder, stop } = world;
  const { job, checkout, checkpoint } = claim;
  const secrets = [options.token, ...(checkout ? [checkout.token] : []), ...secretsOf(process.env)];
  const clean = createLineCleaner(secrets, MAX_LINE, KEEP_CHARACTERS);
  const log: TaskRun['log'] = (stream, line) => events.log(stream, clean(line));
  const checkpoints = createCheckpoints({
    client,
    folder,
    maxBytes: job.limits.maxBlobBytes,
    ...(options.checkpoints ?? CHECKPOINTS),
    // the machine goes away: the next attempt should start from what this one had
    lastWanted: () => options.signal?.aborted === true,
    log: (line) => log('agent', line),
  });
  try {
    if (options.nodeModules !== undefined) await symlink(options.nodeModules, path.join(folder, 'node_modules'));
    const code = checkout && path.join(folder, 'checkout');
    if (checkout) {
      log('agent', `checking out ${job.sha}`);
      await checkOut({ ...checkout, sha: job.sha }, code!, { stop, onLine: (line) => log('agent', line) });
    }
    if (job.task.kind === 'train') await checkpoints.open(checkpoint?.files ?? [], stop);
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
      download: (digest) => client.download('blobs', digest),
      usage,
      checkpoints,
    });
    stop.throwIfAborted();
    return { status: 'succeeded', files: await handIn(client, files, job.limits.maxBlobBytes) };
  } catch (error) {
    if (stop.aborted) return { status: 'cancelled' };
    const code = error instanceof AppError ? error.code : 'bug/invariant';
    const message = clean(error instanceof Error ? error.message : String(error));
    for (const line of message.split('\n')) log('agent', line);
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
