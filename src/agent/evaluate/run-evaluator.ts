/** One try of the evaluator, and who is to blame when it ends before its time. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { allowedEnvironment } from '../environment.ts';
import { createComplaintFinder } from '../last-complaint.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';
import type { TaskRun } from '../task-run.ts';
import { limitedMemory } from './limited-memory.ts';
import { readStage, type Stage } from './stage.ts';

export type EvaluatorEnd =
  | { kind: 'done' }
  /** `how`: it `took too long answering 1,000 rows`. */
  | { kind: 'champion-broke-it'; how: string }
  | { kind: 'failed'; error: AppError };

type Place = { inputFile: string; output: string; stageFile: string; hasChampion: boolean };

/** What loads a model has a memory limit and dies alone. */
const MEMORY_BYTES = 6 * 2 ** 30;
/** One answer of the champion may take this share of the time: what is left must do for the candidate alone. */
const CHAMPION_SHARE = 0.25;
const LOOK_MS = 1_000;

/**
 * Runs `<evaluateCommand> <input file> <output folder>` until `deadline` (of performance.now()); it may explain a failure
 * in error.json: {code, message}. A champion that was at work when the process died is blamed first: evaluating without
 * it shows whether that was right.
 */
export async function runEvaluator(run: TaskRun<'evaluate'>, place: Place, deadline: number): Promise<EvaluatorEnd> {
  const complaint = createComplaintFinder();
  const hung = watchChampion(place, run.limits.timeoutSeconds * 1000 * CHAMPION_SHARE);
  const at = (name: string) => path.join(run.folder, name);
  const end = await run.usage.measure((onSample) =>
    runCommand({
      argv: limitedMemory([...run.evaluateCommand, place.inputFile, place.output], MEMORY_BYTES),
      // the program's own address may be relative to where the agent was started
      cwd: process.cwd(),
      env: allowedEnvironment({ HOME: at('home'), TMPDIR: at('tmp'), SLUICE_JOB: run.name }),
      timeoutMs: Math.max(1, deadline - performance.now()),
      memoryBytes: MEMORY_BYTES,
      stop: AbortSignal.any([run.stop, hung.signal]),
      onSample,
      onLine(stream, line) {
        if (stream === 'stderr') complaint.see(line);
        run.log(stream, line);
      },
    }),
  );
  hung.stop();
  run.stop.throwIfAborted();
  if (end.kind === 'exit' && end.code === 0) return { kind: 'done' };
  const explained = await explanation(place.output);
  if (explained !== undefined) return { kind: 'failed', error: explained };
  const stage = readStage(place.stageFile);
  const champion = place.hasChampion ? stage?.models.find((model) => model.who === 'champion') : undefined;
  const how = howItEnded(end);
  if (champion !== undefined) return { kind: 'champion-broke-it', how: `${how} while ${champion.doing}` };
  return { kind: 'failed', error: failureOf(end, `${how}${whileDoing(stage)}`, complaint.found()) };
}

/** Aborts when one answer of the champion takes longer than `mostMs`. */
function watchChampion({ stageFile, hasChampion }: Place, mostMs: number) {
  const hung = new AbortController();
  const look = setInterval(() => {
    const champion = readStage(stageFile)?.models.find((model) => model.who === 'champion');
    if (champion !== undefined && Date.now() - champion.since > mostMs) hung.abort();
  }, LOOK_MS);
  if (!hasChampion) clearInterval(look);
  return { signal: hung.signal, stop: () => clearInterval(look) };
}

async function explanation(output: string): Promise<AppError | undefined> {
  const text = await readFile(path.join(output, 'error.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { code, message } = JSON.parse(text) as { code: ErrorCode; message: string };
  return new AppError(code, message);
}

function howItEnded(end: CommandEnd): string {
  switch (end.kind) {
    case 'exit':
      return `ended with exit status ${end.code}`;
    case 'signal':
      return `broke the evaluator down (${end.signal})`;
    case 'timeout':
    case 'stopped':
      return 'took too long';
    case 'memory':
      return `used too much memory (${Math.round(end.bytes / 2 ** 20)} MiB)`;
    case 'cannot-start':
      return `cannot be evaluated: the evaluator does not start (${end.message})`;
  }
}

function whileDoing(stage: Stage | undefined): string {
  if (stage === undefined) return '';
  const [oldest] = stage.models;
  return oldest === undefined ? ` at "${stage.doing}"` : ` while ${oldest.doing}`;
}

/** What a process says as it is ended from outside (a stack of addresses) explains nothing. */
function failureOf(end: CommandEnd, how: string, complaint: string): AppError {
  if (end.kind === 'timeout' || end.kind === 'memory' || end.kind === 'signal')
    return new AppError('config/model-invalid', `The candidate ${how}`);
  const detail = complaint === '' ? '' : `: ${complaint}`;
  return new AppError('bug/invariant', `The evaluator failed: it ${how}${detail}`);
}
