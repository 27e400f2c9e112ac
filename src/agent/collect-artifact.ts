import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { CHECK_FILE } from './check-file.ts';
import type { ResultFile } from './task-run.ts';

const MAX_FILES = 500;
/** Protocol buffers, and so ONNX files, end there. */
const MAX_ONNX_BYTES = 2 ** 31;

/**
 * What the model declares as its artifact, and nothing else of the output folder. Paths stay relative to the folder.
 * onnx: the file, and of the files beside it those that it names (external data). tfjs: the folder, or the folder of the
 * model.json that is named. `check.parquet` beside the main file comes along: it shows that the artifact answers as it did
 * where it was trained.
 */
export async function collectArtifact(
  output: string,
  artifact: { path: string; format: 'onnx' | 'tfjs' },
): Promise<ResultFile[]> {
  const main = path.join(output, artifact.path);
  const found = await lstat(main).catch(() => undefined);
  if (!found) {
    const others = (await readdir(output)).sort().slice(0, 20).join(', ') || 'nothing';
    throw trainFailed(`The training command ended well but wrote no ${artifact.path}; the output folder has ${others}`);
  }
  const paths = found.isDirectory()
    ? await filesBelow(output, artifact.path)
    : artifact.format === 'tfjs'
      ? [artifact.path, ...(await weightsOf(main)).map((name) => path.join(path.dirname(artifact.path), name))]
      : [artifact.path, ...(await externalDataOf(output, artifact.path, found.size))];
  const check = path.join(path.dirname(artifact.path), CHECK_FILE);
  if (!found.isDirectory() && !paths.includes(check) && (await lstat(path.join(output, check)).catch(() => undefined)))
    paths.push(check);
  if (paths.length === 0 || paths.length > MAX_FILES) {
    throw trainFailed(`${artifact.path} has ${paths.length} files; 1 to ${MAX_FILES} are allowed`);
  }
  const root = await realpath(output);
  for (const name of paths) {
    const file = path.join(output, name);
    const real = await realpath(file).catch(() => undefined);
    if (real !== path.join(root, name) || !(await lstat(real)).isFile()) {
      throw trainFailed(`${name} is part of the artifact but is missing, a link or no plain file`);
    }
  }
  return paths.sort().map((name) => ({ path: name.split(path.sep).join('/'), file: path.join(output, name) }));
}

async function filesBelow(output: string, folder: string): Promise<string[]> {
  const entries = await readdir(path.join(output, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(output, path.join(entry.parentPath, entry.name)));
}

async function weightsOf(modelJson: string): Promise<string[]> {
  try {
    const { weightsManifest = [] } = JSON.parse(await readFile(modelJson, 'utf8')) as {
      weightsManifest?: { paths: string[] }[];
    };
    const paths = weightsManifest.flatMap((group) => group.paths);
    if (paths.every((name) => typeof name === 'string' && /^[\w][\w.-]*$/.test(name))) return paths;
  } catch (error) {
    throw new AppError('config/train-failed', `${path.basename(modelJson)} is no TF.js model`, { cause: error });
  }
  throw trainFailed('the weights of a TF.js model must lie beside its model.json');
}

/** Protocol buffers hold strings as they are, so the location of external data is found as bytes. */
async function externalDataOf(output: string, file: string, size: number): Promise<string[]> {
  const folder = path.dirname(file);
  const beside = (await readdir(path.join(output, folder), { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && entry.name !== path.basename(file) && entry.name !== 'metrics.jsonl')
    .map(({ name }) => name);
  if (beside.length === 0) return [];
  if (size > MAX_ONNX_BYTES) throw trainFailed(`${file} is larger than an ONNX file can be`);
  const bytes = await readFile(path.join(output, file));
  return beside.filter((name) => bytes.includes(name)).map((name) => path.join(folder, name));
}

function trainFailed(message: string): AppError {
  return new AppError('config/train-failed', message);
}
