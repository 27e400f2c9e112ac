import { describe, expect, test } from 'vitest';
import { runTitle } from '../../src/domain/jobs/actions-run.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import { handleDelivery } from '../../src/server/handle-delivery.ts';
import { sampleJob } from '../contract/store.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { commonPayload } from './server-world.ts';

const HEARD = 1_700_000_000_000;
const LEASE = HEARD + 30_000;
const handlers = {
  onComment: async () => undefined,
  onAction: async () => undefined,
  onInstallationsChanged: async () => undefined,
};

describe('a run on GitHub Actions that changes', () => {
  async function open(over: Partial<Job> = {}) {
    const store = createMemoryStore();
    const handle = { runId: 9, url: '', workflow: 'sluice.yml', runAttempt: 2 };
    const job = await store.jobs.create(
      sampleJob({ attempt: 3, status: 'running', handle, leaseUntil: LEASE, repository: 'acme/flights', ...over }),
    );
    const deliver = (event: string, payload: object) =>
      handleDelivery(store, handlers, {
        guid: 'one',
        event,
        payload: { ...commonPayload, ...payload },
        receivedAt: HEARD,
      });
    return { store, job, deliver, lease: async () => (await store.jobs.get(job.id))?.leaseUntil };
  }
  const run = (job: Job, over: object = {}) => ({
    workflow_run: { id: 9, display_title: runTitle({ id: job.id, attempt: 1 }), run_attempt: 2, ...over },
  });

  test('has its job looked at', async () => {
    const { job, deliver, lease } = await open();
    expect(await deliver('workflow_run', { action: 'in_progress', ...run(job) })).toEqual([`job:${job.id}`]);
    const ofJob = { action: 'queued', workflow_job: { run_id: 9, run_attempt: 2 } };
    expect(await deliver('workflow_job', ofJob)).toEqual([`job:${job.id}`]);
    expect(await lease()).toBe(LEASE);
  });

  test('has the job’s runner asked at once when it is over', async () => {
    const { job, deliver, lease } = await open();
    expect(await deliver('workflow_run', { action: 'completed', ...run(job) })).toEqual([`job:${job.id}`]);
    expect(await lease()).toBe(HEARD);
  });

  test('does not put an end to what runs in another run, or in a later attempt of it', async () => {
    const { job, deliver, lease } = await open();
    await deliver('workflow_run', { action: 'completed', ...run(job, { run_attempt: 1 }) });
    await deliver('workflow_run', { action: 'completed', ...run(job, { id: 8 }) });
    expect(await lease()).toBe(LEASE);
  });

  test('is nothing to a job that has ended, nor to one of another repository, nor to none', async () => {
    const ended = await open({ status: 'failed' });
    expect(await ended.deliver('workflow_run', { action: 'completed', ...run(ended.job) })).toEqual([]);
    const other = await open({ repository: 'acme/other' });
    expect(await other.deliver('workflow_run', { action: 'completed', ...run(other.job) })).toEqual([]);
    expect(await other.deliver('workflow_job', { action: 'queued', workflow_job: { run_id: 9 } })).toEqual([]);
    const theirs = { action: 'requested', workflow_run: { id: 4, display_title: 'Tests' } };
    expect(await other.deliver('workflow_run', theirs)).toEqual([]);
  });
});
