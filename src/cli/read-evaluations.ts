import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Evaluation } from '../domain/evaluate/evaluation.ts';

export type PastEvaluation = { file: string; evaluation: Evaluation; evaluations: number };

const LARGEST = 20_000_000;

/**
 * The evaluations of a model in these files and, whatever they are called, in these folders (a server keeps them by digest
 * among its artifacts), oldest first by the time of the file. `evaluations`: how many different candidates the holdout
 * had judged by then. `others`: files that are none of this model.
 */
export async function readEvaluations(
  places: readonly string[],
  model: string,
): Promise<{ found: PastEvaluation[]; others: number }> {
  const files = (await Promise.all(places.map(filesOf))).flat();
  const read = [];
  for (const { file, at, named } of [...files].sort((a, b) => a.at - b.at || (a.file < b.file ? -1 : 1))) {
    const evaluation = await readOne(file);
    if (evaluation === undefined && named) throw notOne(file);
    if (evaluation?.model === model) read.push({ file, at, evaluation });
    else if (evaluation !== undefined && named) {
      throw new AppError('config/invalid-input', `${file} is an evaluation of ${evaluation.model}, not of ${model}`);
    }
  }
  const judged = new Map<string, string[]>();
  const found = read.map(({ file, evaluation }) => {
    const candidates = judged.get(evaluation.holdoutDigest) ?? [];
    if (!candidates.includes(evaluation.candidate.digest)) candidates.push(evaluation.candidate.digest);
    judged.set(evaluation.holdoutDigest, candidates);
    return { file, evaluation, evaluations: candidates.indexOf(evaluation.candidate.digest) + 1 };
  });
  return { found, others: files.length - found.length };
}

/** One that was named by itself. AppError config/invalid-input when it is none. */
export async function readEvaluation(file: string): Promise<Evaluation> {
  await exists(file);
  const evaluation = await readOne(file);
  if (evaluation === undefined) throw notOne(file);
  return evaluation;
}

function notOne(file: string): AppError {
  return new AppError('config/invalid-input', `${file} is no evaluation: evaluation.json is what an evaluation leaves`);
}

async function filesOf(place: string): Promise<{ file: string; at: number; named: boolean }[]> {
  const found = await exists(place);
  if (found.isFile()) return [{ file: place, at: found.mtimeMs, named: true }];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs, named: false })));
}

async function exists(place: string) {
  return stat(place).catch(() => {
    throw new AppError('config/invalid-input', `there is no file or folder ${place}`);
  });
}

async function readOne(file: string): Promise<Evaluation | undefined> {
  if ((await stat(file)).size > LARGEST || !(await beginsAsObject(file))) return undefined;
  try {
    const read = JSON.parse(await readFile(file, 'utf8')) as Partial<Evaluation>;
    const is = read.version === 1 && Array.isArray(read.metrics) && typeof read.holdoutDigest === 'string';
    return is ? (read as Evaluation) : undefined;
  } catch {
    return undefined;
  }
}

/** Models and data lie in the same place: what is not JSON is not read whole. */
async function beginsAsObject(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 && buffer.toString() === '{';
  } finally {
    await handle.close();
  }
}
