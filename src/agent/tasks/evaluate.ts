import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { ArtifactRef, JobTask } from '../../domain/jobs/job.ts';
import { allowedEnvironment } from '../environment.ts';
import { createComplaintFinder } from '../last-complaint.ts';
import { runCommand } from '../run-command.ts';
import type { ResultFile, TaskRun } from '../task-run.ts';

/** The file that the evaluator is given. The folders hold the artifacts' files under their own paths. */
export type EvaluationInput = {
  task: Extract<JobTask, { kind: 'evaluate' }>;
  candidateFolder: string;
  championFolder?: string;
  dataRoot: string;
  checkout?: string;
};

/** A model is hostile input: what loads it has a memory limit and dies alone. */
const MEMORY_BYTES = 6 * 2 ** 30;

/** Runs `<evaluateCommand> <input file> <output folder>`; it may explain a failure in error.json: {code, message}. */
export async function evaluate(run: TaskRun<'evaluate'>): Promise<ResultFile[]> {
  const at = (name: string) => path.join(run.folder, name);
  const output = at('output');
  for (const name of ['home', 'tmp', 'output']) await mkdir(at(name), { recursive: true });
  run.log('agent', 'fetching the models');
  await download(run, run.task.candidate, at('candidate'));
  if (run.task.champion) await download(run, run.task.champion.artifact, at('champion'));
  const input: EvaluationInput = {
    task: run.task,
    candidateFolder: at('candidate'),
    ...(run.task.champion ? { championFolder: at('champion') } : {}),
    dataRoot: run.dataRoot,
    ...(run.checkout === undefined ? {} : { checkout: run.checkout }),
  };
  await writeFile(at('input.json'), JSON.stringify(input));

  const complaint = createComplaintFinder();
  const end = await runCommand({
    argv: [...run.evaluateCommand, at('input.json'), output],
    // the program's own address may be relative to where the agent was started
    cwd: process.cwd(),
    env: allowedEnvironment({ HOME: at('home'), TMPDIR: at('tmp'), SLUICE_JOB: run.name }),
    timeoutMs: run.limits.timeoutSeconds * 1000,
    memoryBytes: MEMORY_BYTES,
    stop: run.stop,
    onLine(stream, line) {
      if (stream === 'stderr') complaint.see(line);
      run.log(stream, line);
    },
  });
  if (end.kind === 'stopped') throw run.stop.reason;
  if (end.kind !== 'exit' || end.code !== 0) throw await failureOf(output, end.kind, complaint.found());
  const names = (await readdir(output)).sort();
  return names.map((name) => ({ path: name, file: path.join(output, name) }));
}

async function download(run: TaskRun<'evaluate'>, artifact: ArtifactRef, folder: string): Promise<void> {
  for (const { path: name, digest } of artifact.files) {
    const file = path.join(folder, name);
    if (!file.startsWith(`${folder}${path.sep}`)) throw new AppError('bug/invariant', `artifact path ${name}`);
    await mkdir(path.dirname(file), { recursive: true });
    const hash = createHash('sha256');
    const counted = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(await run.download(digest), counted, createWriteStream(file), { signal: run.stop });
    if (`sha256:${hash.digest('hex')}` !== digest) {
      throw new AppError('external/storage', `${name} arrived with another digest than ${digest}`);
    }
  }
}

async function failureOf(output: string, kind: string, lastError: string): Promise<AppError> {
  const text = await readFile(path.join(output, 'error.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const { code, message } = JSON.parse(text) as { code: ErrorCode; message: string };
    return new AppError(code, message);
  }
  const detail = lastError === '' ? '' : `: ${lastError}`;
  if (kind === 'exit') return new AppError('bug/invariant', `The evaluator failed${detail}`);
  const reason = { timeout: 'took too long', memory: 'used too much memory' }[kind] ?? `broke down (${kind})`;
  return new AppError('config/model-invalid', `Evaluating the model ${reason}${detail}`);
}
