import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from './action-error.ts';
import { childEnv } from './child-env.ts';
import { findProgram } from './find-program.ts';
import type { Io } from './io.ts';
import { runProgram } from './run-program.ts';

/** What the program is made of; the rest of a checkout (tests, fixtures, documents) is not needed to run it. */
const PARTS = ['package.json', 'package-lock.json', '.npmrc', 'app.yml', 'src'];

const ABANDONED_MS = 24 * 3_600_000;

export type Installed = { folder: string; reused: boolean };

/**
 * Puts the program of `source` (a checkout of this repository) with its locked dependencies into the runner's tool
 * cache, unless the very same is there. Install scripts stay off, so that nothing runs that the lock file does not name.
 */
export async function installSluice(io: Io, source: string): Promise<Installed> {
  const cache = io.env.RUNNER_TOOL_CACHE || io.env.RUNNER_TEMP;
  if (!cache) throw new ActionError('RUNNER_TOOL_CACHE is not set: this action runs on GitHub Actions runners only');
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as { version: string };
  const name = `${version}-${(await digest(source)).slice(0, 16)}`;
  const folder = path.join(cache, 'sluice', name, `${process.platform}-${process.arch}`);
  if (await isThere(folder)) return { folder, reused: true };
  await removeAbandoned(path.join(cache, 'sluice'));
  const staging = path.join(cache, 'sluice', `.${randomUUID()}`);
  try {
    await mkdir(staging, { recursive: true });
    for (const part of PARTS) await cp(path.join(source, part), path.join(staging, part), { recursive: true });
    await installPackages(io, staging);
    await mkdir(path.dirname(folder), { recursive: true });
    // Whole or not at all: another job of this machine may be looking for it now.
    await rename(staging, folder).catch(async (error) => {
      if (!(await isThere(folder))) throw error;
    });
    return { folder, reused: false };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What a job that was killed left half done, on a machine that stays. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const staging = path.join(folder, name);
    if (!name.startsWith('.') || (await ageMs(staging)) < ABANDONED_MS) continue;
    await rm(staging, { recursive: true, force: true });
  }
}

/** Of one that is gone meanwhile: no age. */
async function ageMs(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

async function installPackages(io: Io, folder: string): Promise<void> {
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const ended = await runProgram(io, [...(await npm(io)), ...args], {
    cwd: folder,
    env: childEnv(io.env, { identity: false }),
  });
  if (ended.code !== 0) {
    const why = ended.stderr.filter((line) => line.trim() !== '').slice(0, 5);
    throw new ActionError(`installing the packages of sluice: npm ci ended with ${ended.code}\n${why.join('\n')}`);
  }
}

/** The npm of the machine, or the one beside the Node.js that runs this action. */
async function npm(io: Io): Promise<string[]> {
  const onPath = await findProgram('npm', io.env.PATH);
  if (onPath) return [onPath];
  const beside = path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  if (await isThere(beside)) return [process.execPath, beside];
  throw new ActionError('There is no npm on this runner: install Node.js on it, or an image that has sluice already');
}

/** Of everything that is copied: another commit with the same lock file is another program. */
async function digest(source: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    for (const file of await filesOf(source, part)) {
      const content = await readFile(path.join(source, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Paths relative to `source`, sorted. */
async function filesOf(source: string, part: string): Promise<string[]> {
  if ((await stat(path.join(source, part))).isFile()) return [part];
  const entries = await readdir(path.join(source, part), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
