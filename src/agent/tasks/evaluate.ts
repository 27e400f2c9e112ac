import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { JobTask } from '../../domain/jobs/job.ts';
import { downloadFiles } from '../download-files.ts';
import { allowedEnvironment } from '../environment.ts';
import { createComplaintFinder } from '../last-complaint.ts';
import { logDigest } from '../log-digest.ts';
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
  await downloadFiles(run.task.candidate.files, at('candidate'), run);
  if (run.task.champion) await downloadFiles(run.task.champion.artifact.files, at('champion'), run);
  const input: EvaluationInput = {
    task: run.task,
    candidateFolder: at('candidate'),
    ...(run.task.champion ? { championFolder: at('champion') } : {}),
    dataRoot: run.dataRoot,
    ...(run.checkout === undefined ? {} : { checkout: run.checkout }),
  };
  await writeFile(at('input.json'), JSON.stringify(input));

  const complaint = createComplaintFinder();
  const end = await run.usage.measure((onSample) =>
    runCommand({
      argv: [...run.evaluateCommand, at('input.json'), output],
      // the program's own address may be relative to where the agent was started
      cwd: process.cwd(),
      env: allowedEnvironment({ HOME: at('home'), TMPDIR: at('tmp'), SLUICE_JOB: run.name }),
      timeoutMs: run.limits.timeoutSeconds * 1000,
      memoryBytes: MEMORY_BYTES,
      stop: run.stop,
      onSample,
      onLine(stream, line) {
        if (stream === 'stderr') complaint.see(line);
        run.log(stream, line);
      },
    }),
  );
  if (end.kind === 'stopped') throw run.stop.reason;
  if (end.kind !== 'exit' || end.code !== 0) throw await failureOf(output, end.kind, complaint.found());
  logDigest(run.log, run.task.dataset);
  const names = (await readdir(output)).sort();
  return names.map((name) => ({ path: name, file: path.join(output, name) }));
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
