import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Job, JobEvent, JobTask } from '../../src/domain/jobs/job.ts';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';
import type { DatasetReader } from '../../src/ports/dataset.ts';
import { openAgentApi } from '../agent-api/open-agent-api.ts';
import { sampleJob } from '../contract/store.ts';

const run = promisify(execFile);

/** A server, a git repository on disk with one training program, and jobs for it. */
export async function openAgentWorld(options: { leaseMs?: number; maxBlobBytes?: number; gitUrl?: () => string } = {}) {
  let repository = '';
  const api = await openAgentApi({ ...options, checkoutUrl: options.gitUrl ?? (() => repository) });
  repository = path.join(api.folder, 'repository');
  const workRoot = path.join(api.folder, 'work');
  await mkdir(workRoot);

  /** Answers the commit's SHA. */
  async function commit(files: Record<string, string>): Promise<string> {
    await mkdir(repository, { recursive: true });
    const git = (...args: string[]) =>
      run('git', ['-c', 'user.name=author', '-c', 'user.email=author@example.invalid', ...args], { cwd: repository });
    await git('init', '-q');
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(repository, name)), { recursive: true });
      await writeFile(path.join(repository, name), text);
    }
    await git('add', '-A');
    await git('commit', '-q', '--allow-empty', '-m', 'change');
    return (await git('rev-parse', 'HEAD')).stdout.trim();
  }

  async function trainJob(program: string, over: { model?: object; train?: object; job?: Partial<Job> } = {}) {
    const sha = await commit({ 'train.mjs': program });
    const model = {
      name: 'flight-delay',
      artifact: { path: 'model.onnx', format: 'onnx' },
      train: {
        command: [process.execPath, 'train.mjs'],
        params: { epochs: 3 },
        seed: 7,
        resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 60 },
        ...over.train,
      },
      ...over.model,
    } as unknown as Model;
    const dataset = { name: 'flights', source: { uri: 'file:flights.parquet', format: 'parquet' } } as never;
    const job = await api.store.jobs.create(
      sampleJob({ attempt: 1, sha, task: { kind: 'train', model, dataset, allow: [] }, ...over.job }),
    );
    return { job, token: api.tokens.issue({ jobId: job.id, attempt: 1 }, api.clock.now() + 600_000) };
  }

  return {
    ...api,
    workRoot,
    commit,
    trainJob,
    agentOptions: (token: string) => ({
      serverUrl: api.url,
      token,
      workRoot,
      dataRoot: api.folder,
      createReader: () => fakeReader,
      profilePartitions: async () => [],
      evaluateCommand: [process.execPath, path.join(import.meta.dirname, 'fake-evaluator.mjs')],
    }),
    async logOf(job: Job): Promise<string[]> {
      const events = await api.store.jobs.events(job.id, { kind: 'log' });
      return events.map((event) => (event as Extract<JobEvent, { kind: 'log' }>).line);
    },
  };
}

/** The same training on `trips.csv` of the data root, for agents that read data themselves. */
export function tripsTask(task: JobTask, sha256?: string): JobTask {
  const dataset: Dataset = {
    kind: 'Dataset',
    name: 'trips',
    path: 'data/trips.yaml',
    source: { uri: 'file:trips.csv', format: 'csv', ...(sha256 === undefined ? {} : { sha256 }) },
    columns: [{ name: 'day', type: 'integer', nullable: false, pii: false }],
    splits: { train: 'day < 3', holdout: 'day >= 3' },
    checks: [],
  };
  return { ...task, dataset, allow: ['file:'] } as JobTask;
}

/** The splits are not the agent's business; a file that says which one it is suffices. */
export const fakeReader = {
  async materialise(_dataset, split, target) {
    await writeFile(target, `rows of ${split}`);
    return { rows: 3 };
  },
  async inspect(dataset) {
    return { rows: 3, splits: [], columns: [], schemaChanges: [], violations: [`${dataset.name} is odd`] };
  },
} as Partial<DatasetReader> as DatasetReader;
