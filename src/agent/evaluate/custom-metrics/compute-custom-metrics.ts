/** Metrics that a repository computes itself, by commands of its base branch. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { ScoredModel, ScoredRows } from '../../../domain/evaluate/scored-rows.ts';
import type { CustomMetric } from '../../../domain/spec/valid.ts';
import type { TableWriter } from '../../../ports/dataset.ts';
import { allowedEnvironment } from '../../environment.ts';
import { createComplaintFinder } from '../../last-complaint.ts';
import { type CommandEnd, runCommand } from '../../run-command.ts';
import { predictionTable } from './prediction-table.ts';
import { type CustomScore, readAnswer } from './read-answer.ts';

const TIMEOUT_MS = 600_000;
const MEMORY_BYTES = 4 * 2 ** 30;
/** Digits, sign, exponent, comma and space of a score. */
const CHARACTERS_A_ROW = 40;

export type MetricCommands = {
  metrics: readonly CustomMetric[];
  /** Checkout of the base branch: where the commands run. */
  checkout: string;
  workFolder: string;
  writeTable: TableWriter;
};

/**
 * The same rows with the scores of each metric by model. Each command runs once a model, without a shell, with
 * SLUICE_PREDICTIONS (see `predictionTable`) and SLUICE_THRESHOLD in its environment.
 */
export async function withCustomMetrics(
  scored: ScoredRows,
  places: Int32Array,
  commands: MetricCommands,
): Promise<ScoredRows> {
  if (commands.metrics.length === 0) return scored;
  const compute = async (model: ScoredModel): Promise<ScoredModel> => {
    const file = path.join(commands.workFolder, 'custom-metric.parquet');
    await commands.writeTable(file, [predictionTable(scored, model, places)]);
    const custom: Record<string, CustomScore> = {};
    for (const metric of commands.metrics) custom[metric.name] = await runMetric(metric, file, scored, model, commands);
    await rm(file, { force: true });
    return { ...model, custom };
  };
  const candidate = await compute(scored.candidate);
  return {
    ...scored,
    candidate,
    ...(scored.champion === undefined ? {} : { champion: await compute(scored.champion) }),
  };
}

async function runMetric(
  { name, command }: CustomMetric,
  file: string,
  scored: ScoredRows,
  { threshold }: ScoredModel,
  { checkout, workFolder }: MetricCommands,
): Promise<CustomScore> {
  const complaint = createComplaintFinder();
  const home = path.join(workFolder, 'metric-home');
  await mkdir(home, { recursive: true });
  let last = '';
  const end = await runCommand({
    argv: command,
    cwd: checkout,
    env: allowedEnvironment({
      HOME: home,
      TMPDIR: home,
      PYTHONDONTWRITEBYTECODE: '1',
      SLUICE_PREDICTIONS: file,
      SLUICE_THRESHOLD: String(threshold),
    }),
    timeoutMs: TIMEOUT_MS,
    memoryBytes: MEMORY_BYTES,
    stop: new AbortController().signal,
    isForeign: true,
    keepCharacters: 65_536 + CHARACTERS_A_ROW * scored.rows,
    onLine(stream, line) {
      if (stream === 'stderr') complaint.see(line);
      else if (line.trim() !== '') last = line.trim();
    },
  });
  const wrong = howItEnded(end);
  const detail = complaint.found() === '' ? '' : `: ${complaint.found()}`;
  const answer = wrong === undefined ? readAnswer(last, scored.rows, scored.weights) : `${wrong}${detail}`;
  if (typeof answer !== 'string') return answer;
  throw new AppError('config/invalid-input', `the custom metric ${name} (${command.join(' ')}): ${answer}`);
}

function howItEnded(end: CommandEnd): string | undefined {
  switch (end.kind) {
    case 'exit':
      return end.code === 0 ? undefined : `it ended with exit status ${end.code}`;
    case 'signal':
      return `it was ended by ${end.signal}`;
    case 'timeout':
      return `it did not end within ${TIMEOUT_MS / 1000} s`;
    case 'memory':
      return `it used more than ${MEMORY_BYTES / 2 ** 30} GiB`;
    case 'cannot-start':
      return `it cannot be started (${end.message})`;
    case 'stopped':
      return 'it was stopped';
  }
}
