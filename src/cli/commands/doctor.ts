import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, constants, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Config, readConfig } from '../../server/config.ts';
import { checkGitHubApp } from './doctor-github.ts';
import type { Finding } from './finding.ts';

type Env = Record<string, string | undefined>;

/** Runs one check; what it throws is a finding, too. */
async function find(check: string, fix: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() };
  } catch (error) {
    return { check, ok: false, detail: error instanceof Error ? error.message : String(error), fix };
  }
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major >= 22 || (major === 20 && minor >= 19);
  const finding = { check: 'Node.js', ok, detail: process.version };
  return ok ? finding : { ...finding, fix: 'Install Node.js 20.19, 22 or newer: https://nodejs.org' };
}

const git = (): Promise<Finding> =>
  find('git', 'Install git 2.30 or newer: https://git-scm.com', async () => {
    const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: 10_000 });
    const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 30)) throw new Error(`too old: ${stdout.trim()}`);
    return stdout.trim();
  });

/** A folder that nobody named may be missing: not everybody has data in files. */
const dataRoot = (folder: string, isNamed: boolean): Promise<Finding> =>
  find('data root', 'Make the folder, or name another in SLUICE_DATA_ROOT', async () => {
    const entries = await readdir(folder).catch((error) => (isNamed ? Promise.reject(error) : undefined));
    return entries ? `${folder} (${entries.length} entries)` : `${folder} (not there; nothing named it)`;
  });

/** The folder may not exist yet: then the nearest that does has to allow making it. */
async function writableParent(folder: string): Promise<string> {
  try {
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    return writableParent(path.dirname(folder));
  }
}

const stateFolder = (folder: string): Promise<Finding> =>
  find('state folder', 'Let this user write there, or name another folder in SLUICE_STATE', async () => {
    const there = await writableParent(folder);
    const probe = path.join(there, `.sluice-doctor-${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe);
    return there === folder ? folder : `${folder} (will be made)`;
  });

const duckdb = (): Promise<Finding> =>
  find('DuckDB', 'Install again with: npm ci', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll('select version()');
    connection.closeSync();
    instance.closeSync();
    return String(reader.getRows()[0]?.[0]);
  });

const onnxruntime = (): Promise<Finding> =>
  find('ONNX Runtime', 'Install again with: npm ci', async () => {
    const { listSupportedBackends } = await import('onnxruntime-node');
    return listSupportedBackends()
      .map(({ name }) => name)
      .join(', ');
  });

const tensorflow = (): Promise<Finding> =>
  find('TensorFlow.js', 'Install again with: npm ci', async () => {
    const tf = await import('@tensorflow/tfjs');
    await import('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend does not start');
    await tf.ready();
    return `${tf.version_core}, backend ${tf.getBackend()}`;
  });

function configuration(env: Env): { findings: Finding[]; config?: Config } {
  const config = readConfig(env, (file) => readFileSync(file, 'utf8'));
  if (!('problems' in config))
    return { findings: [{ check: 'configuration', ok: true, detail: config.apiUrl }], config };
  const findings = config.problems.map(({ variable, problem, fix }) => ({
    check: `configuration: ${variable}`,
    ok: false,
    detail: problem,
    fix,
  }));
  return { findings };
}

/** Looks at everything that Sluice needs on this machine and, where it is configured, at GitHub. */
export async function doctor(env: Env): Promise<Finding[]> {
  const { findings, config } = configuration(env);
  const state = path.resolve(env.SLUICE_STATE?.trim() || '.sluice');
  const named = env.SLUICE_DATA_ROOT?.trim();
  const data = dataRoot(path.resolve(named || path.join(state, 'data')), Boolean(named));
  const local = await Promise.all([git(), stateFolder(state), data, duckdb(), onnxruntime(), tensorflow()]);
  const github = config ? await checkGitHubApp(config) : [];
  return [nodeVersion(), ...local, ...findings, ...github];
}
