import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../domain/errors.ts';
import { basicAuth } from './clean-line.ts';
import { runCommand } from './run-command.ts';

const TIMEOUT_MS = 600_000;
/** GitHub is away for seconds now and then; what lasts longer costs the attempt. */
const WAIT_MS = [1_000, 4_000, 15_000];
const PASSING =
  /returned error: (5\d\d|429)|could not resolve|timed out|connection (reset|refused)|failed to connect|early EOF|hung up|RPC failed/i;

/**
 * The files of exactly this commit in `folder`. The token goes to git in its environment, bound to the server's address:
 * never in an argument, in a file or to another host. Nobody's git settings and none of the repository's hooks run.
 * SLUICE_GIT: the program, where the machine's own is not the one to use.
 */
export async function checkOut(
  from: { url: string; token: string; sha: string },
  folder: string,
  run: { stop: AbortSignal; onLine(line: string): void },
): Promise<void> {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(from.sha)) throw new AppError('config/invalid-input', 'not a commit SHA');
  await makeRepository(folder, from.sha.length === 64 ? 'sha256' : 'sha1');

  async function git(...args: string[]): Promise<string> {
    const lines: string[] = [];
    const end = await runCommand({
      argv: [process.env.SLUICE_GIT || 'git', ...args],
      cwd: folder,
      env: gitEnvironment(from),
      timeoutMs: TIMEOUT_MS,
      memoryBytes: 0,
      stop: run.stop,
      staysTogether: true,
      onLine(stream, line) {
        lines.push(line);
        if (stream === 'stderr') run.onLine(`git: ${line}`);
      },
    });
    if (end.kind === 'exit' && end.code === 0) return lines.join('\n');
    run.stop.throwIfAborted();
    if (end.kind === 'cannot-start') throw new AppError('config/environment', `git cannot be started: ${end.message}`);
    throw new AppError('external/github', `git ${args[0]}: ${lines.slice(-3).join(' ') || end.kind}`);
  }

  async function fetch(waits = WAIT_MS): Promise<void> {
    try {
      await git('fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--depth=1', from.url, from.sha);
    } catch (error) {
      const [wait, ...later] = waits;
      if (wait === undefined || !(error instanceof AppError) || !PASSING.test(error.message)) throw error;
      run.onLine(`git: trying again in ${wait / 1000} s`);
      await setTimeout(wait, undefined, { signal: run.stop }).catch(() => run.stop.throwIfAborted());
      await fetch(later);
    }
  }

  await fetch();
  await git('checkout', '--quiet', '--detach', from.sha);
  const head = (await readFile(path.join(folder, '.git', 'HEAD'), 'utf8')).trim();
  if (head !== from.sha) {
    throw new AppError('bug/invariant', `the checkout is at ${head.slice(0, 64)}, not at ${from.sha}`);
  }
}

/** An empty repository as gitrepository-layout(5) has it: `git init` would be one more program to wait for. */
async function makeRepository(folder: string, objectFormat: 'sha1' | 'sha256'): Promise<void> {
  const git = path.join(folder, '.git');
  await Promise.all(['objects', 'refs'].map((name) => mkdir(path.join(git, name), { recursive: true })));
  const version = objectFormat === 'sha1' ? 0 : 1;
  const extensions = objectFormat === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${objectFormat}\n`;
  await writeFile(path.join(git, 'HEAD'), 'ref: refs/heads/checkout\n');
  await writeFile(path.join(git, 'config'), `[core]\n\trepositoryFormatVersion = ${version}\n${extensions}`);
}

function gitEnvironment({ url, token }: { url: string; token: string }): Record<string, string> {
  const settings: [string, string][] = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    // a pack is kept as it comes
    ['fetch.unpackLimit', '1'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['credential.helper', ''],
  ];
  if (/^https?:/.test(url)) {
    settings.push([`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basicAuth(token)}`]);
  }
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    // as the command has it: what an agent that died left is known by it
    ...(process.env.SLUICE_JOB ? { SLUICE_JOB: process.env.SLUICE_JOB } : {}),
    GIT_CONFIG_COUNT: String(settings.length),
  };
  settings.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}
