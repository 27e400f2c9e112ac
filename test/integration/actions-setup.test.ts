/** What `actions/setup` puts on a runner, from the registry: the production packages alone have to do. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, runAction } from '../actions/action-process.ts';

/** `using: node24` takes types out by itself; the older Node.js of a developer's machine does not, so npm brings one. */
const NODE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const NODE_VERSION = '24.21.0';

let folder: string;
let source: string;
let node: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  source = path.join(folder, 'checkout');
  for (const part of ['package.json', 'package-lock.json', '.npmrc', 'app.yml', 'src', 'actions', 'fixtures/tiny']) {
    await cp(path.join(ROOT, part), path.join(source, part), { recursive: true });
  }
});
beforeAll(async () => {
  const tools = path.join(folder, 'node24');
  await promisify(execFile)('npm', ['install', '--prefix', tools, '--ignore-scripts', `${NODE}@${NODE_VERSION}`]);
  node = path.join(tools, 'node_modules', NODE, 'bin/node');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a fresh runner validates, compares data and starts an agent', async () => {
  const run = await runAction({ name: 'setup', folder, source, programs: [path.dirname(process.execPath)], node });
  expect(run, run.stdout).toMatchObject({ code: 0, outputs: { cache: 'miss' } });
  const sluice = async (...args: string[]) => {
    const ended = await promisify(execFile)(run.outputs.path!, args, { cwd: source }).catch((error) => error);
    return { code: ended.code ?? 0, stdout: ended.stdout as string, stderr: ended.stderr as string };
  };
  await promisify(execFile)('git', ['init', '-q', source]);
  expect(await sluice('validate', 'fixtures/tiny', '--json')).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await sluice('doctor', '--json');
  for (const check of ['DuckDB', 'ONNX Runtime', 'TensorFlow.js']) {
    expect(JSON.parse(stdout).findings).toContainEqual(expect.objectContaining({ check, ok: true }));
  }
  const agent = await sluice('agent', '--server', 'http://127.0.0.1:1', '--work', folder);
  expect(agent).toMatchObject({ code: 2, stderr: expect.stringContaining('SLUICE_AGENT_TOKEN is not set') });
});
