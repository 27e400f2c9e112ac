/** `sluice gate` and `sluice gate replay` as a user runs them: a repository, evaluations on disk, a process. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gate } from '../../src/cli/commands/gate.ts';
import { gateReplay } from '../../src/cli/commands/gate-replay.ts';
import { canonicalJson } from '../../src/domain/fingerprint/canonical-json.ts';
import { selfCommand } from '../../src/self-command.ts';
import { evaluation } from '../domain/gates/some-evaluation.ts';

const run = promisify(execFile);
const SPEC = 'models/bought/model.yaml';

let root: string;
let past: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  past = path.join(root, 'past');
  await cp(path.resolve('fixtures/tiny'), path.join(root, 'repository'), { recursive: true });
  const git = (...args: string[]) => run('git', ['-C', path.join(root, 'repository'), ...args]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('-c', 'user.name=author', '-c', 'user.email=author@example.org', 'commit', '--quiet', '-m', 'begin');
  await mkdir(past);
  const made = (digest: string, auc: number) =>
    evaluation({
      model: 'bought',
      dataset: 'visits',
      candidate: { digest },
      metrics: [
        {
          metric: 'roc_auc',
          better: 'higher',
          rows: 10_000,
          method: 'delong',
          candidate: { value: auc, lower: auc - 0.01, upper: auc + 0.01 },
        },
      ],
    });
  for (const [index, [digest, auc]] of (
    [
      ['sha256:aa', 0.9],
      ['sha256:bb', 0.8],
    ] as const
  ).entries()) {
    const file = path.join(past, String(index));
    await writeFile(file, canonicalJson(made(digest, auc)));
    await utimes(file, 1_000 + index, 1_000 + index);
  }
  await writeFile(path.join(past, 'model.onnx'), Buffer.from([8, 7, 0]));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function sluice(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program, ...rest] = selfCommand(...args);
  const { NODE_OPTIONS: _, ...env } = process.env;
  return run(program as string, rest, { cwd: path.join(root, 'repository'), env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

async function withGates(gates: string): Promise<void> {
  const file = path.join(root, 'repository', SPEC);
  const text = await readFile(file, 'utf8');
  await writeFile(file, `${text.replace(/^gates:[\s\S]*/m, '')}gates:\n${gates}\n`);
}

const at = (name: string) => path.join(past, name);
const spec = () => path.join(root, 'repository', SPEC);

test('says what every gate says, and with --explain how it came to that', async () => {
  await withGates('  - { metric: roc_auc, min: 0.85 }');
  const plain = await gate(at('1'), { spec: spec(), evaluations: 1 });
  expect(plain).toMatchObject({ exitCode: 1, json: { verdict: 'fail' } });
  expect(plain.text).toMatch(/^1 {2}fail: roc_auc ≥ 0\.85: /);
  expect(plain.text).toMatch(/verdict: fail$/);
  const explained = await sluice('gate', '--explain', at('0'), '--spec', SPEC, '--evaluations', '3');
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  expect(explained.stdout).toMatch(/ {5}1\. /);
  expect(explained.stdout).toContain('evaluation 3 of this holdout');
  expect(explained.stdout).toContain('Verdict: pass.');
});

test('says which past evaluations other gates would have decided otherwise', async () => {
  await withGates('  - { metric: roc_auc, min: 0.7 }');
  const commit = ['-C', path.join(root, 'repository'), '-c', 'user.name=author', '-c', 'user.email=a@example.org'];
  await run('git', [...commit, 'commit', '--quiet', '--all', '-m', 'gates']);
  await withGates('  - { metric: roc_auc, min: 0.85 }');
  const replayed = await sluice('gate', 'replay', past, '--spec', SPEC, '--base', 'HEAD', '--json');
  expect(replayed.code).toBe(1);
  const { evaluations } = JSON.parse(replayed.stdout) as {
    evaluations: { id: string; before: string; after: string }[];
  };
  expect(evaluations.map(({ id, before, after }) => [path.basename(id), before, after])).toEqual([
    ['0', 'pass', 'pass'],
    ['1', 'pass', 'fail'],
  ]);
  const options = { spec: spec(), base: 'HEAD' };
  const { text } = await gateReplay([past], options);
  expect(text).toContain('1 of 2 would have been decided otherwise');
  expect(text).toContain('1 other file');
  expect(await gateReplay([at('0')], options)).toMatchObject({ exitCode: 0 });
});

test('what is no evaluation is said, with what would be one', async () => {
  const judged = (file: string) => gate(at(file), { spec: spec(), evaluations: 1 });
  await expect(judged('model.onnx')).rejects.toMatchObject({
    code: 'config/invalid-input',
    message: expect.stringContaining('is no evaluation'),
  });
  await expect(judged('none.json')).rejects.toMatchObject({
    code: 'config/invalid-input',
    message: expect.stringContaining('there is no file or folder'),
  });
});
