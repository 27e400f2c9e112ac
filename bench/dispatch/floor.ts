import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Mark } from './marker.ts';

const run = promisify(execFile);

export type Floor = { checkoutMs: number; spawnMs: number };

/** What no runner can do without: git fetches one commit into an empty folder, and node starts the command in it. */
export async function measureFloor(folder: string, url: string, sha: string): Promise<Floor> {
  const checkout = path.join(folder, 'checkout');
  const params = path.join(folder, 'params.json');
  const mark = path.join(folder, 'mark.json');
  await mkdir(checkout, { recursive: true });
  await writeFile(params, JSON.stringify({ mark }));
  try {
    const begun = Date.now();
    const git = (...args: string[]) => run('git', args, { cwd: checkout });
    await git('init', '--quiet', '.');
    await git('fetch', '--quiet', '--no-tags', '--depth=1', url, sha);
    await git('checkout', '--quiet', '--detach', sha);
    const checkedOut = Date.now();
    const child = spawn('node', ['mark.mjs'], {
      cwd: checkout,
      env: { PATH: process.env.PATH, SLUICE_PARAMS: params },
      stdio: 'ignore',
    });
    await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    const { now } = JSON.parse(await readFile(mark, 'utf8')) as Mark;
    return { checkoutMs: checkedOut - begun, spawnMs: now - checkedOut };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
