import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalDeployer, type LocalDeployer } from '../../../src/adapters/deploy/local/create-local-deployer.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { ArtifactRef } from '../../../src/domain/jobs/job.ts';
import type { Artifacts } from '../../../src/ports/artifacts.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const REPOSITORY = 'acme/flights';
const NAME = 'flight-delay-production';
const SERVE = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('./serve-fake.ts', import.meta.url)),
];

let root: string;
let deployer: LocalDeployer;
const blobs = new Map<string, string>();

const artifacts = {
  async read(digest: string) {
    const content = blobs.get(digest);
    if (content === undefined) throw new AppError('conflict/not-found', `No ${digest}`);
    return Readable.from([content]);
  },
} as Artifacts;

function artifact(content: object): ArtifactRef {
  const text = JSON.stringify(content);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  blobs.set(digest, text);
  return { digest, format: 'onnx', files: [{ path: 'model.json', digest, size: text.length }] };
}

const desired = (...versions: [string, number, object][]) => ({
  repository: REPOSITORY,
  name: NAME,
  versions: versions.map(([version, percent, content]) => ({
    version,
    percent,
    artifact: artifact(content),
    model: fakeModel(),
  })),
});

async function infer(url: string, id: string) {
  const response = await fetch(`${url}/v2/models/flight-delay/infer`, {
    method: 'POST',
    body: JSON.stringify({
      id,
      parameters: { timestamp: '2001-05-01T10:00:00Z' },
      inputs: [
        { name: 'hour', shape: [1], datatype: 'INT64', data: [5] },
        { name: 'from', shape: [1], datatype: 'BYTES', data: ['ATL'] },
      ],
    }),
  });
  return (await response.json()) as { model_version: string; outputs: { data: number[] }[] };
}

const processOf = async () =>
  JSON.parse(await readFile(path.join(root, REPOSITORY, NAME, 'process.json'), 'utf8')) as {
    pid: number;
    token: string;
  };

async function loggedIds(folder: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(`SELECT id FROM read_parquet('${folder}/*/*.parquet')`);
  connection.closeSync();
  instance.closeSync();
  return found.getRowObjectsJS().map((row) => String(row.id));
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Inference processes of the folder that the system knows, by their command line. */
async function serving(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`--folder ${folder}`))
    .join('\n');
}

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  deployer = createLocalDeployer({ folder: root, artifacts, serveCommand: SERVE });
});
afterEach(async () => {
  await deployer.stopAll();
  expect(await serving(root)).toBe('');
  await rm(root, { recursive: true, force: true });
});

describe('the local deployer', () => {
  it('serves what is desired, moves on to a canary, and leaves on removal', async () => {
    expect(await deployer.status(REPOSITORY, NAME)).toBeUndefined();
    await deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }]));
    const status = await deployer.status(REPOSITORY, NAME);
    expect(status).toMatchObject({
      ready: true,
      versions: [{ version: 'v1.0.0', percent: 100, ready: true, requests: 0 }],
    });
    expect((await infer(status!.url!, 'a')).outputs[0]!.data).toEqual([0.5]);

    await deployer.apply(desired(['v1.0.0', 90, { factor: 0.1 }], ['v1.1.0', 10, { factor: 0.2 }]));
    const { pid } = await processOf();
    expect((await deployer.status(REPOSITORY, NAME))!.versions.map(({ percent }) => percent)).toEqual([90, 10]);
    await deployer.apply(desired(['v1.1.0', 100, { factor: 0.2 }]));
    expect((await processOf()).pid).toBe(pid);
    expect((await infer(status!.url!, 'b')).model_version).toBe('v1.1.0');
    expect(await readdir(path.join(root, REPOSITORY, NAME, 'versions'))).toHaveLength(1);

    await deployer.remove(REPOSITORY, NAME);
    expect(await deployer.status(REPOSITORY, NAME)).toBeUndefined();
    expect(isAlive(pid)).toBe(false);
    // What was answered is still there, as Parquet.
    expect(await readdir(path.join(root, REPOSITORY, NAME, 'log'))).toEqual(['dt=2001-05-01']);
  });

  it('finds the process of an earlier self again, and never starts a second one', async () => {
    await deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }]));
    const { pid } = await processOf();
    const after = createLocalDeployer({ folder: root, artifacts, serveCommand: SERVE });
    await Promise.all([
      after.apply(desired(['v1.0.0', 100, { factor: 0.1 }])),
      deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }])),
    ]);
    expect((await processOf()).pid).toBe(pid);
  });

  it('ends with one process when two of us start it at the same moment', async () => {
    const other = createLocalDeployer({ folder: root, artifacts, serveCommand: SERVE });
    const want = desired(['v1.0.0', 100, { factor: 0.1 }]);
    await Promise.all([deployer.apply(want), other.apply(want)]);
    const urls = await Promise.all([deployer.status(REPOSITORY, NAME), other.status(REPOSITORY, NAME)]);
    expect(urls[0]!.url).toBe(urls[1]!.url);
    // The one that lost does not come up when the other one is gone.
    await deployer.stopAll();
    await expect.poll(() => serving(root)).toBe('');
  });

  it('starts a killed process anew: it serves the same, and no answered row is lost', async () => {
    await deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }]));
    const { url } = (await deployer.status(REPOSITORY, NAME))!;
    await infer(url!, 'a');
    const { pid } = await processOf();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    const status = await deployer.status(REPOSITORY, NAME);
    expect(status).toMatchObject({ ready: true, versions: [{ version: 'v1.0.0', percent: 100 }] });
    expect((await processOf()).pid).not.toBe(pid);
    expect(await readdir(path.join(root, REPOSITORY, NAME, 'log'))).toEqual(['dt=2001-05-01']);
  });

  it.each([20, 75, 150])(
    'killed after %i answers amid compaction: each answered row is logged once',
    async (answers) => {
      await deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }]));
      const { url } = (await deployer.status(REPOSITORY, NAME))!;
      const { pid, token } = await processOf();
      const acknowledged: string[] = [];
      let sent = 0;
      const send = async () => {
        for (;;) {
          const id = `r${sent++}`;
          await infer(url!, id);
          acknowledged.push(id);
          if (acknowledged.length === answers) process.kill(pid, 'SIGKILL');
        }
      };
      const flush = async () => {
        for (;;) await fetch(`${url}/control/flush`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
      };
      // All of them end by losing the connection.
      await Promise.allSettled([send(), send(), send(), send(), flush()]);
      await deployer.status(REPOSITORY, NAME);
      await deployer.stopAll();
      const logged = await loggedIds(path.join(root, REPOSITORY, NAME, 'log'));
      expect(new Set(logged).size).toBe(logged.length);
      expect(acknowledged.filter((id) => !logged.includes(id))).toEqual([]);
      expect(logged.length).toBeLessThanOrEqual(acknowledged.length + 4);
    },
  );

  it('says why a model is refused, and goes on with what was there', async () => {
    await deployer.apply(desired(['v1.0.0', 100, { factor: 0.1 }]));
    const bad = desired(['v1.0.0', 90, { factor: 0.1 }], ['v1.1.0', 10, { broken: 'opset 99' }]);
    await expect(deployer.apply(bad)).rejects.toMatchObject({ code: 'config/model-invalid', message: 'opset 99' });
    const status = await deployer.status(REPOSITORY, NAME);
    expect(status!.versions).toMatchObject([
      { version: 'v1.0.0', percent: 100, ready: true },
      { version: 'v1.1.0', percent: 0, ready: false, message: 'opset 99' },
    ]);
  });

  it('tells what the process said when it does not start', async () => {
    const broken = createLocalDeployer({ folder: root, artifacts, serveCommand: ['/nonexistent/sluice'] });
    await expect(broken.apply(desired(['v1.0.0', 100, { factor: 0.1 }]))).rejects.toMatchObject({
      code: 'external/deployer',
    });
  });

  it.each([
    ['../../etc', NAME],
    ['acme/..', NAME],
    [REPOSITORY, '../x'],
  ])('refuses the name %s %s', async (repository, name) => {
    expect(() => deployer.status(repository, name)).toThrow('No name of a deployment');
  });

  it('refuses an artifact that would write outside of its folder', async () => {
    const want = desired(['v1.0.0', 100, { factor: 0.1 }]);
    want.versions[0]!.artifact.files[0]!.path = '../../../state.json';
    await expect(deployer.apply(want)).rejects.toMatchObject({ code: 'config/model-invalid' });
  });
});
