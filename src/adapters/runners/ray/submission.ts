import { createHash } from 'node:crypto';
import type { Job } from '../../../domain/jobs/job.ts';
import type { PlacedJob } from '../../../ports/runner.ts';
import { buildEntrypoint } from './entrypoint.ts';
import { needsOf, type RayPlace } from './needs.ts';

/** `POST /api/jobs/` (JobSubmitRequest in Ray's dashboard/modules/job/common.py). */
export type Submission = {
  submission_id: string;
  entrypoint: string;
  runtime_env: { env_vars: Record<string, string> };
  metadata: Record<string, string>;
  entrypoint_num_cpus: number;
  entrypoint_num_gpus: number;
  /** Bytes; 0: not asked for. */
  entrypoint_memory: number;
};

export const OWNER_KEY = 'sluice-owner';
export const AGENT_KEY = 'sluice-agent';

/** Between asking the agent to end and ending it: it saves a last checkpoint and its log. */
export const STOP_SECONDS = 25;

/** How the agent calls itself. */
export function agentName(job: Pick<Job, 'id' | 'attempt'>): string {
  return `${job.id}.${job.attempt}`;
}

/** Ray takes any text; it is a part of paths and of file names there. */
export function submissionId(owner: string, name: string): string {
  return `sluice-${createHash('sha256').update(owner).digest('hex').slice(0, 8)}-${name}`;
}

export function buildSubmission(
  job: PlacedJob,
  place: RayPlace,
  access: { serverUrl: string; token: string },
  owner: string,
): Submission {
  const name = agentName(job);
  const needs = needsOf(job, place);
  return {
    submission_id: submissionId(owner, name),
    entrypoint: buildEntrypoint(place.agent, name, access.serverUrl),
    runtime_env: {
      env_vars: {
        SLUICE_AGENT_TOKEN: access.token,
        ...(place.dataRoot === undefined ? {} : { SLUICE_DATA_ROOT: place.dataRoot }),
        // read from the environment of the process that stops the job, which is made with these variables
        RAY_JOB_STOP_WAIT_TIME_S: String(STOP_SECONDS),
      },
    },
    metadata: {
      [OWNER_KEY]: owner,
      [AGENT_KEY]: name,
      'sluice-repository': job.repository,
      'sluice-key': job.key,
      ...(place.image === undefined ? {} : { 'sluice-image': place.image }),
    },
    entrypoint_num_cpus: needs.cpus,
    entrypoint_num_gpus: needs.gpus,
    entrypoint_memory: needs.memoryBytes,
  };
}
