/**
 * Python with exact packages from PyPI, in a virtual environment that is kept between runs: below SLUICE_PYTHON_CACHE,
 * else ~/.cache/sluice-python.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type PythonEnv = {
  folder: string;
  /** The interpreter of the environment. */
  python: string;
  /** What `. bin/activate` would set, for processes that look `python3` up. */
  env: { PATH: string; VIRTUAL_ENV: string };
  /** `installed`: just now; `reused`: by an earlier run. */
  how: 'installed' | 'reused';
  seconds: number;
};

const INSTALL_MS = 550_000;

/**
 * `requirements`: lines of a requirements.txt, comments allowed. Throws with pip's last words. Several processes may ask
 * for the same environment at once: one installs, the others wait.
 */
export async function openPythonEnv(requirements: string[], program = 'python3'): Promise<PythonEnv> {
  const started = Date.now();
  const wanted = requirements.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  const version = (await run(program, ['--version'], 20_000)).trim();
  const key = createHash('sha256')
    .update(JSON.stringify([version, wanted.toSorted()]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(cacheFolder(), key);
  const marker = path.join(folder, 'complete');
  const lock = `${folder}.lock`;
  await mkdir(cacheFolder(), { recursive: true });

  let how: PythonEnv['how'] = 'reused';
  while (!(await exists(marker))) {
    if (!(await take(lock))) {
      if (Date.now() - started > INSTALL_MS) throw new Error(`${lock} is held by another process`);
      await sleep(500);
      continue;
    }
    try {
      if (await exists(marker)) break;
      await rm(folder, { recursive: true, force: true });
      await run(program, ['-m', 'venv', folder], 60_000);
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--no-cache-dir'];
      await run(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', ...quiet, ...wanted], INSTALL_MS);
      await writeFile(marker, `${version}\n${wanted.join('\n')}\n`);
      how = 'installed';
    } finally {
      await rm(lock, { force: true });
    }
  }
  return {
    folder,
    python: path.join(folder, 'bin/python'),
    env: { PATH: `${path.join(folder, 'bin')}:${process.env.PATH}`, VIRTUAL_ENV: folder },
    how,
    seconds: (Date.now() - started) / 1000,
  };
}

const cacheFolder = (): string => process.env.SLUICE_PYTHON_CACHE ?? path.join(os.homedir(), '.cache', 'sluice-python');

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** A lock that its holder left behind when it was killed is taken over. */
async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !alive(holder)) await rm(lock, { force: true });
    return false;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Standard output; throws with the last lines of both streams. */
function run(program: string, args: string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let stdout = '';
    let all = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      all += chunk;
    });
    child.once('error', (error) => reject(new Error(`starting ${program}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const words = all.trim().split('\n').slice(-8).join('\n');
      reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${words}`));
    });
  });
}
