import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { type ClaimAnswer, type FinishOutcome, MAX_LINE } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import { checkOut } from './check-out.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createLineCleaner } from './clean-line.ts';
import type { EventSender } from './event-sender.ts';
import { handIn } from './hand-in.ts';
import type { AgentOptions } from './run-agent.ts';
import { KEEP_CHARACTERS } from './run-command.ts';
import { secretsOf } from './secrets.ts';
import type { ServerClient } from './server-client.ts';
import type { ResultFile, TaskRun } from './task-run.ts';
import { inspectData } from './tasks/data.ts';
import { evaluate } from './tasks/evaluate.ts';
import { profilePartitions } from './tasks/profile.ts';
import { train } from './tasks/train.ts';
import type { UsageMeter } from './usage-meter.ts';

const CHECKPOINTS = { intervalMs: 2_000, settleMs: 500 };

type World = { client: ServerClient; events: EventSender; usage: UsageMeter; folder: string; stop: AbortSignal };

/** The work itself, in a folder that is there. Whatever goes wrong in here is the job's outcome. */
export async function attempt(options: AgentOptions, claim: ClaimAnswer, world: World): Promise<FinishOutcome> {
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
  const code = checkout && path.join(folder, 'checkout');
  const metricsSha = job.task.kind === 'evaluate' ? job.task.metricsSha : undefined;
  const metricsCode = checkout && metricsSha && path.join(folder, 'metrics');
  const gaveUp = new AbortController();

  async function fetchCode(): Promise<void> {
    if (!checkout) return;
    const run = { stop: AbortSignal.any([stop, gaveUp.signal]), onLine: (line: string) => log('agent', line) };
    log('agent', `checking out ${job.sha}`);
    await checkOut({ ...checkout, sha: job.sha }, code!, run);
    if (metricsCode) {
      log('agent', `checking out ${metricsSha} for the custom metrics`);
      await checkOut({ ...checkout, sha: metricsSha! }, metricsCode, run);
    }
    log('agent', 'checked out');
  }

  const checkedOut = fetchCode();
  checkedOut.catch(() => undefined);
  try {
    if (options.nodeModules !== undefined) await symlink(options.nodeModules, path.join(folder, 'node_modules'));
    if (job.task.kind === 'train') await checkpoints.open(checkpoint?.files ?? [], stop);
    const places = { dataRoot: options.dataRoot, ...(code === undefined ? {} : { checkout: code }) };
    const run: TaskRun = {
      ...places,
      name: `${job.id}.${job.attempt}`,
      task: job.task,
      limits: job.limits,
      folder,
      reader: options.createReader({ ...places, allow: job.task.allow }),
      profilePartitions: options.profilePartitions,
      evaluateCommand: options.evaluateCommand,
      ...(metricsCode ? { metricsCheckout: metricsCode } : {}),
      stop,
      log,
      metric: (step, metric, value) => events.metric(step, clean(metric), value),
      download: (digest) => client.download('blobs', digest),
      usage,
      checkpoints,
    };
    const files = await perform(run, checkedOut);
    stop.throwIfAborted();
    return { status: 'succeeded', files: await handIn(client, files, job.limits.maxBlobBytes) };
  } catch (error) {
    if (stop.aborted) return { status: 'cancelled' };
    const code = error instanceof AppError ? error.code : 'bug/invariant';
    const message = clean(error instanceof Error ? error.message : String(error));
    for (const line of message.split('\n')) log('agent', line);
    return { status: 'failed', error: { code, message } };
  } finally {
    // the folder is removed next
    gaveUp.abort();
    await Promise.allSettled([checkedOut]);
  }
}

async function perform(run: TaskRun, checkedOut: Promise<void>): Promise<ResultFile[]> {
  const { task } = run;
  if (task.kind === 'train') return train({ ...run, task }, checkedOut);
  await checkedOut;
  switch (task.kind) {
    case 'data':
      return inspectData({ ...run, task });
    case 'evaluate':
      return evaluate({ ...run, task });
    case 'profile':
      return profilePartitions({ ...run, task });
  }
}
