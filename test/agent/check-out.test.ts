import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkOut } from '../../src/agent/check-out.ts';

const run = promisify(execFile);
let folder: string;
const commits: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=author', '-c', 'user.email=author@example.invalid', ...args], { cwd: folder });
  await git('init', '-q', 'origin');
  for (const text of ['first', 'second']) {
    await writeFile(path.join(folder, 'origin', 'file'), text);
    await git('-C', 'origin', 'add', '-A');
    await git('-C', 'origin', 'commit', '-q', '-m', text);
    commits.push((await git('-C', 'origin', 'rev-parse', 'HEAD')).stdout.trim());
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const from = (sha: string) => ({ url: path.join(folder, 'origin'), token: 'ghs_checkout', sha });
const quiet = { stop: new AbortController().signal, onLine: () => undefined };

test('gives exactly the commit, also one that no branch names', async () => {
  await checkOut(from(commits[0]!), path.join(folder, 'a'), quiet);
  expect(await readFile(path.join(folder, 'a', 'file'), 'utf8')).toBe('first');
  const { stdout } = await run('git', ['-C', path.join(folder, 'a'), 'rev-list', '--all', 'HEAD']);
  expect(stdout.trim()).toBe(commits[0]);
});

test('leaves no token on the disk', async () => {
  await checkOut(from(commits[1]!), path.join(folder, 'b'), quiet);
  const found = await run('grep', ['-rl', 'ghs_checkout', folder]).catch((error: { code: number }) => error);
  expect(found).toMatchObject({ code: 1 });
});

test('says what git said when there is no such commit, and refuses what is no SHA', async () => {
  const lines: string[] = [];
  const heard = { ...quiet, onLine: (line: string) => lines.push(line) };
  const absent = checkOut(from('0'.repeat(40)), path.join(folder, 'c'), heard);
  await expect(absent).rejects.toMatchObject({
    code: 'external/github',
    message: expect.stringMatching(/^git fetch: .*0{40}/),
  });
  expect(lines.join()).toContain('git: ');
  for (const sha of ['HEAD', '--upload-pack=touch x', 'main']) {
    await expect(checkOut(from(sha), path.join(folder, 'd'), quiet)).rejects.toMatchObject({
      code: 'config/invalid-input',
    });
  }
  expect(existsSync(path.join(folder, 'd'))).toBe(false);
});

test('waits for a server that is away for a moment', async () => {
  const fake = path.join(folder, 'git-502');
  const mark = path.join(folder, 'asked');
  await writeFile(
    fake,
    `#!/bin/sh
if [ "$1" = fetch ] && [ ! -e ${mark} ]; then
  touch ${mark}
  echo "fatal: unable to access 'https://github.invalid/': The requested URL returned error: 502" >&2
  exit 128
fi
exec git "$@"
`,
    { mode: 0o755 },
  );
  vi.stubEnv('SLUICE_GIT', fake);
  try {
    const lines: string[] = [];
    await checkOut(from(commits[0]!), path.join(folder, 'f'), { ...quiet, onLine: (line) => lines.push(line) });
    expect(await readFile(path.join(folder, 'f', 'file'), 'utf8')).toBe('first');
    expect(lines.join('\n')).toMatch(/error: 502\ngit: trying again in 1 s/);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('ends when it is told to', async () => {
  const stop = AbortSignal.abort(new Error('told to'));
  await expect(checkOut(from(commits[0]!), path.join(folder, 'e'), { ...quiet, stop })).rejects.toThrow('told to');
});
