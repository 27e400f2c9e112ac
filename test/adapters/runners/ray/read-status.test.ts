import { expect, test } from 'vitest';
import { describeWait } from '../../../../src/adapters/runners/ray/needs.ts';
import type { RayJob } from '../../../../src/adapters/runners/ray/ray-client.ts';
import { readStatus } from '../../../../src/adapters/runners/ray/read-status.ts';

const GIB = 2 ** 30;
const NEEDS = { cpus: 4, gpus: 1, memoryBytes: 16 * GIB };

const ended = (over: Partial<RayJob>): RayJob => ({
  type: 'SUBMISSION',
  submission_id: 'sluice-1',
  status: 'FAILED',
  message: null,
  end_time: 1,
  metadata: null,
  ...over,
});
const tail = (code: number, line: string) =>
  `Job entrypoint command failed with exit code ${code}, last available logs (truncated to 20,000 chars):\nfirst\n${line}\n`;

// error types and messages: JobErrorType, job_manager.py and job_supervisor.py of ray 2.55
test.each<[string, Partial<RayJob>, string, string]>([
  [
    'a node that died',
    {
      error_type: 'JOB_SUPERVISOR_ACTOR_DIED',
      message: 'Job supervisor actor died: The actor died.\nThe actor is dead because its node has died.',
    },
    'the Ray cluster lost its node or its worker: The actor is dead because its node has died.',
    'infrastructure',
  ],
  [
    'a queue that was too long',
    {
      error_type: 'JOB_SUPERVISOR_ACTOR_START_TIMEOUT',
      message: 'Job supervisor actor failed to start within 900.0 seconds.',
    },
    'no node of the Ray cluster had 4 CPUs, 1 GPU and 16 GiB of memory free in time: Job supervisor actor failed to start within 900.0 seconds.',
    'infrastructure',
  ],
  [
    'a runtime environment that is refused',
    { error_type: 'RUNTIME_ENV_SETUP_FAILURE', message: 'runtime_env setup failed: no such plugin' },
    'the Ray cluster cannot set up its runtime environment: runtime_env setup failed: no such plugin',
    'job',
  ],
  [
    'a driver that could not be started',
    { error_type: 'JOB_ENTRYPOINT_COMMAND_START_ERROR', message: 'Traceback\nOSError: Cannot allocate memory' },
    'the Ray cluster could not run it: OSError: Cannot allocate memory',
    'infrastructure',
  ],
  [
    'an agent that the kernel killed',
    { error_type: 'JOB_ENTRYPOINT_COMMAND_ERROR', driver_exit_code: -9, message: tail(-9, 'epoch 3') },
    'its agent was ended by signal 9; it last said: epoch 3',
    'infrastructure',
  ],
  [
    'an agent without a server',
    { error_type: 'JOB_ENTRYPOINT_COMMAND_ERROR', driver_exit_code: 3, message: tail(3, 'the server is away') },
    'its agent ended with exit code 3; it last said: the server is away',
    'infrastructure',
  ],
  [
    'an agent that is not there, on a cluster that tells no types',
    { driver_exit_code: 127, message: tail(127, 'env: sluice: No such file or directory') },
    "the Ray cluster's nodes cannot run the agent (exit code 127); it last said: env: sluice: No such file or directory",
    'job',
  ],
  [
    'an agent that ended without a log',
    { driver_exit_code: 2, message: 'Job entrypoint command failed with exit code 2. No logs available.' },
    'its agent ended with exit code 2',
    'job',
  ],
  ['a person who stopped it', { status: 'STOPPED' }, 'it was stopped on the Ray cluster', 'cancelled'],
])('%s', (_, over, reason, fault) => {
  expect(readStatus(ended(over), NEEDS, [])).toEqual({ state: 'gone', reason, fault });
});

test('a job that the cluster does not know is gone', () => {
  expect(readStatus(undefined, NEEDS, [])).toMatchObject({ state: 'gone', fault: 'infrastructure' });
});

test.each([
  [
    'nodes that are not known',
    [],
    'the Ray cluster has not started it: one node must have 4 CPUs, 1 GPU and 16 GiB of memory free',
  ],
  [
    'a node that is busy',
    [
      { cpus: 2, gpus: 0, memoryBytes: 8 * GIB },
      { cpus: 8, gpus: 2, memoryBytes: 64 * GIB },
    ],
    'the Ray cluster has not started it: one node must have 4 CPUs, 1 GPU and 16 GiB of memory free',
  ],
  [
    'nodes that are all too small',
    [
      { cpus: 64, gpus: 0, memoryBytes: 8 * GIB },
      { cpus: 2, gpus: 1, memoryBytes: 24 * GIB },
    ],
    'no node of the Ray cluster has 4 CPUs, 1 GPU and 16 GiB of memory; the largest of its 2 nodes has 2 CPUs, 1 GPU and 24 GiB of memory',
  ],
])('waiting, with %s', (_, nodes, said) => {
  expect(describeWait(NEEDS, nodes)).toBe(said);
});
