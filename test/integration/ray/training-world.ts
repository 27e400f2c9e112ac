import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, JobEvent } from '../../../src/domain/jobs/job.ts';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';
import { validateRepository } from '../../../src/domain/spec/validate-repository.ts';
import { type JobDeps, reconcileJob } from '../../../src/flows/job/reconcile-job.ts';
import { submitJob } from '../../../src/flows/job/submit-job.ts';
import { parseKey } from '../../../src/flows/keys.ts';
import type { Runner } from '../../../src/ports/runner.ts';
import { openAgentWorld } from '../../agent/agent-world.ts';
import { readFixture } from '../../e2e/harness/fixture.ts';
import { startGitServer } from './git-server.ts';

const PATIENCE_MS = 180_000;
const AGENT = fileURLToPath(import.meta.resolve('../../agent/agent-process.ts'));
const TSX = fileURLToPath(import.meta.resolve('tsx'));

/** A server's store, queue, workers and agent API, and the scikit-learn example in a repository that is served. */
export async function openTrainingWorld(options: { runner: Runner; placeWith(agent: string[]): RunnerSpec }) {
  const { runner } = options;
  let git: Awaited<ReturnType<typeof startGitServer>> | undefined;
  const world = await openAgentWorld({ leaseMs: 2_000, gitUrl: () => `${git!.url}/repository/.git` });
  git = await startGitServer(world.folder);
  const held = path.join(world.folder, 'held');
  const deps: JobDeps = {
    store: world.store,
    clock: world.clock,
    runners: { ray: runner },
    place: async () => options.placeWith([process.execPath, '--import', TSX, AGENT]),
    limits: { local: 1, perRepository: 10 },
    issueToken: world.tokens.issue,
    upSince: Date.now(),
    agentUrl: world.url,
    log: { info: () => undefined, warn: () => undefined },
  };
  let working = true;
  const worker = work();

  /** What the server's workers do. */
  async function work(): Promise<void> {
    while (working) {
      const lease = await world.store.queue.take(60_000);
      if (!lease) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const key = parseKey(lease.key);
      const again = key.kind === 'job' ? await reconcileJob(deps, key.id).catch(tryAgain) : undefined;
      if (again) await world.store.queue.request(lease.key, again.at);
      await world.store.queue.finish(lease);
    }
  }

  /** The server waits longer; a cluster that has just lost a node may fail to answer. */
  function tryAgain(error: unknown): { at: number } {
    console.warn(error);
    return { at: Date.now() + 1_000 };
  }

  async function seen(job: Job): Promise<{ log: string[]; metrics: Extract<JobEvent, { kind: 'metric' }>[] }> {
    const events = await world.store.jobs.events(job.id, { kind: 'metric' });
    return { log: await world.logOf(job), metrics: events as Extract<JobEvent, { kind: 'metric' }>[] };
  }

  return {
    seen,
    /** From now on trainings say `held` and wait. */
    hold: () => writeFile(held, ''),
    release: () => rm(held, { force: true }),
    async train(params: object): Promise<Job> {
      const files = await readFixture('sklearn');
      const program = 'models/tumour/train.py';
      const wait = `import os, time\nheld = ${JSON.stringify(held)}\nif os.path.exists(held):\n    print("held", flush=True)\nwhile os.path.exists(held):\n    time.sleep(0.1)\n`;
      files[program] = `${wait}${files[program]}`;
      const sha = await world.commit(files);
      const { policy } = parsePolicy({ path: 'sluice.yaml', text: files['sluice.yaml']! });
      const specs = Object.entries(files).filter(([file]) => /^(models|data)\/.*\.yaml$/.test(file));
      const { repository, problems } = validateRepository({ policy: policy!, files: new Map(specs) });
      const model = repository?.models[0];
      const dataset = repository?.datasets[0];
      if (!model || !dataset) throw new Error(`the example is not valid: ${JSON.stringify(problems)}`);
      const train = { ...model.train, params: { ...model.train.params, ...params } };
      const task = { kind: 'train' as const, model: { ...model, train }, dataset, allow: ['data/'] };
      return submitJob(deps, { key: `train:${sha}`, task, repository: 'acme/tumours', sha, runner: 'cluster' });
    },
    async untilJob(id: string, what: (job: Job) => boolean | Promise<boolean>): Promise<Job> {
      for (const deadline = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
        const job = (await world.store.jobs.get(id))!;
        if (await what(job)) return job;
        if (Date.now() < deadline) continue;
        const runnerLog = await runner.logs(job as never).catch((error: unknown) => [String(error)]);
        const all = [JSON.stringify(job), ...(await world.logOf(job)), ...runnerLog];
        throw new Error(`the job is ${all.join('\n')}`);
      }
    },
    async cancel(id: string): Promise<void> {
      await world.store.jobs.update(id, (job) => ({ ...job, cancelRequested: true }));
      await world.store.queue.request(`job:${id}`);
    },
    async artifactOf(job: Job): Promise<Uint8Array> {
      const [file] = job.result!.files;
      const chunks: Uint8Array[] = [];
      for await (const chunk of await world.artifacts.read(file!.digest)) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
    async close(): Promise<void> {
      working = false;
      await worker;
      await runner.reap(async () => [], []);
      await git.close();
      await world.close();
    },
  };
}
