import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { isInRepository } from '../../domain/spec/location.ts';
import { collectArtifact } from '../collect-artifact.ts';
import { allowedEnvironment } from '../environment.ts';
import { createComplaintFinder } from '../last-complaint.ts';
import { logDigest } from '../log-digest.ts';
import { protectCheckout } from '../protect-checkout.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';
import { tailMetrics } from '../tail-metrics.ts';
import { type ResultFile, type TaskRun, unlessStopped } from '../task-run.ts';

/**
 * The training command on the training split alone, then the artifact that the model declares. Data that lies outside the
 * repository is read while its code is still being checked out.
 */
export async function train(run: TaskRun<'train'>, checkedOut: Promise<void>): Promise<ResultFile[]> {
  const { model, dataset } = run.task;
  const at = (name: string) => path.join(run.folder, name);
  const output = at('output');
  for (const name of ['home', 'tmp', 'output']) await mkdir(at(name), { recursive: true });

  if (isInRepository(dataset.source.uri)) await checkedOut;
  run.log('agent', `reading the split train of ${dataset.name}`);
  // both end before anything else happens to the folder
  const [kept, read] = await Promise.allSettled([
    checkedOut.then(() => (run.checkout === undefined ? undefined : protectCheckout(run.checkout))),
    unlessStopped(run.reader.materialise(dataset, 'train', at('train.parquet')), run.stop),
  ]);
  if (kept.status === 'rejected') throw kept.reason;
  if (read.status === 'rejected') throw read.reason;
  const { rows } = read.value;
  logDigest(run.log, dataset);
  run.log('agent', `${rows} rows; running ${model.train.command.join(' ')}`);
  await writeFile(at('params.json'), `${JSON.stringify(model.train.params, null, 2)}\n`);

  const complaint = createComplaintFinder();
  const metrics = tailMetrics(path.join(output, 'metrics.jsonl'), run.metric);
  run.checkpoints.start();
  const end = await run.usage.measure((onSample) =>
    runCommand({
      argv: model.train.command,
      cwd: run.checkout ?? run.folder,
      env: allowedEnvironment({
        HOME: at('home'),
        TMPDIR: at('tmp'),
        // without it Python would try to write beside the code, which nobody may
        PYTHONDONTWRITEBYTECODE: '1',
        SLUICE_JOB: run.name,
        SLUICE_PARAMS: at('params.json'),
        SLUICE_TRAIN: at('train.parquet'),
        SLUICE_OUTPUT: output,
        SLUICE_CHECKPOINT: run.checkpoints.folder,
        SLUICE_SEED: String(model.train.seed),
      }),
      timeoutMs: run.limits.timeoutSeconds * 1000,
      memoryBytes: run.limits.memoryBytes,
      stop: run.stop,
      isForeign: true,
      onSample,
      onLine(stream, line) {
        if (stream === 'stderr') complaint.see(line);
        run.log(stream, line);
      },
    }),
  );
  await run.checkpoints.stop();
  const unreadable = await metrics.stop();
  if (unreadable > 0) run.log('agent', `${unreadable} lines of metrics.jsonl were left out: not a metric, or too many`);
  if (end.kind === 'stopped') throw run.stop.reason;
  const failure = describeFailure(end, run.limits);
  if (failure !== undefined) {
    const detail = complaint.found();
    throw new AppError('config/train-failed', detail === '' ? failure : `${failure}: ${detail}`);
  }
  await kept.value?.verify();
  const files = await collectArtifact(output, model.artifact);
  run.log('agent', `done; the artifact has ${files.length === 1 ? 'one file' : `${files.length} files`}`);
  return files;
}

function describeFailure(end: CommandEnd, limits: TaskRun['limits']): string | undefined {
  switch (end.kind) {
    case 'exit':
      return end.code === 0 ? undefined : `The training command ended with exit status ${end.code}`;
    case 'signal':
      return `The training command was ended by ${end.signal}`;
    case 'timeout':
      return `The training command did not end within ${limits.timeoutSeconds} s (train.resources.timeout)`;
    case 'memory':
      return `The training command used ${megabytes(end.bytes)}, more than the ${megabytes(limits.memoryBytes)} of train.resources.memory`;
    case 'cannot-start':
      return `The training command cannot be started (${end.message})`;
    case 'stopped':
      return 'The training command was stopped';
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
