import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Model } from '../domain/spec/valid.ts';

/** What an inference process shall serve. `folder`: of the artifact's files, relative to the deployment's folder. */
export type StateVersion = { version: string; percent: number; folder: string; model: Model };
export type ServeState = { repository: string; deployment: string; versions: StateVersion[] };

/** Body of PUT /control/state, checked where a mistake would do harm; AppError config/invalid-input says what is wrong. */
export function checkState(value: unknown, folder: string): ServeState {
  const state = value as Partial<ServeState> | null;
  const refuse = (why: string): never => {
    throw new AppError('config/invalid-input', `State refused: ${why}`);
  };
  if (typeof state?.repository !== 'string' || typeof state.deployment !== 'string' || !Array.isArray(state.versions)) {
    return refuse('it takes repository, deployment and versions');
  }
  const names = new Set<string>();
  let percent = 0;
  for (const entry of state.versions as Partial<StateVersion>[]) {
    const { version, model } = entry;
    if (typeof version !== 'string' || version === '' || names.has(version))
      refuse('every version needs a name of its own');
    if (typeof entry.percent !== 'number' || !(entry.percent >= 0)) refuse(`percent of ${version} must be 0 or more`);
    if (typeof entry.folder !== 'string' || !isInside(folder, entry.folder))
      refuse(`folder of ${version} must lie below the deployment's`);
    if (!model?.signature?.inputs || !model.artifact?.path || !model.task) refuse(`${version} lacks its model`);
    if (!isInside(folder, path.join(entry.folder ?? '', model?.artifact.path ?? '')))
      refuse(`artifact path of ${version}`);
    names.add(version!);
    percent += entry.percent!;
  }
  if (state.versions.length > 0 && Math.abs(percent - 100) > 1e-9) refuse(`the shares sum to ${percent}, not to 100`);
  return { repository: state.repository, deployment: state.deployment, versions: state.versions };
}

export async function loadState(folder: string): Promise<ServeState | undefined> {
  try {
    return checkState(JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')), folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('external/storage', `Reading ${path.join(folder, 'state.json')}`, { cause });
  }
}

export async function saveState(folder: string, state: ServeState): Promise<void> {
  await writeDurably(path.join(folder, 'state.json'), JSON.stringify(state, null, 2));
}

/** Whole or not at all, also when the power fails. */
export async function writeDurably(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

function isInside(folder: string, relative: string): boolean {
  const inside = path.relative(folder, path.resolve(folder, relative));
  return inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);
}
