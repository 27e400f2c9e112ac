import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../domain/errors.ts';
import { actionsHandle } from '../domain/jobs/actions-run.ts';
import { isFinished, type Job } from '../domain/jobs/job.ts';
import { tokenLifeMs } from '../domain/jobs/token-life.ts';
import { openRecords } from '../flows/records.ts';
import type { WorkflowRuns } from '../ports/workflow-runs.ts';
import type { AgentApiOptions, AgentCall, Answer } from './context.ts';
import { createClaimsReader, type OidcClaims } from './oidc-claims.ts';
import type { TokenAnswer } from './oidc-protocol.ts';
import { notAccepted, notThisRun, OidcRefusal } from './oidc-refusal.ts';
import { revive } from './oidc-revive.ts';
import { whyNotRun, whyNotWorkflow } from './oidc-run.ts';
import { readJson } from './read-json.ts';

export type OidcOptions = {
  /** Of the identity tokens; see `oidcIssuer`. */
  issuer: string;
  /** Our own address, without a slash at the end: tokens have to be made for us. */
  audience(): string;
  runs: WorkflowRuns;
};

const SEEN = 'oidc-token';
const FORGET_EVERY_MS = 600_000;

/**
 * POST token: the identity token that GitHub made for a run becomes the token of the attempt that the run was
 * dispatched for. Refusals say little to the sender and all to the operator.
 */
export function createOidcExchange(options: AgentApiOptions, oidc: OidcOptions, changed: AgentCall['changed']) {
  const { store, clock, log, tokens } = options;
  const readClaims = createClaimsReader({ ...oidc, clock });
  let forgetAt = 0;

  /** Good once: what is read on the way, or kept in a log, opens nothing. */
  async function use({ jti, expiresAt }: OidcClaims): Promise<void> {
    const now = clock.now();
    if (now >= forgetAt) {
      forgetAt = now + FORGET_EVERY_MS;
      for (const { id, value } of await store.documents.list<{ until: number }>(SEEN, '')) {
        if (value.until < now) await store.documents.remove(SEEN, id);
      }
    }
    const id = createHash('sha256').update(jti).digest('hex');
    try {
      // kept a while longer, for clocks that differ
      await store.documents.put(SEEN, id, { until: expiresAt + FORGET_EVERY_MS }, 0);
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict/stale') throw notAccepted('it was used before');
      throw error;
    }
  }

  async function exchange(token: string, asked: { id: string; attempt: number }): Promise<Job> {
    const claims = await readClaims(token);
    const job = await store.jobs.get(asked.id);
    if (!job) throw notThisRun('there is no such job');
    if (job.place?.type !== 'actions') throw notThisRun('the job is not on a runner of GitHub Actions');
    const repository = await openRecords(store.documents).repositories.get(job.repository);
    if (!repository || repository.removed) throw notThisRun(`the app is not installed on ${job.repository}`);
    const expected = { job, workflow: job.place.workflow, defaultBranch: repository.defaultBranch };
    const foreign = whyNotWorkflow(claims, expected);
    if (foreign) throw notThisRun(foreign);
    const run = /^\d{1,15}$/.test(claims.run_id) && (await oidc.runs.find(job.repository, Number(claims.run_id)));
    if (!run) throw notThisRun(`GitHub has no run ${claims.run_id}`);
    const other = whyNotRun(claims, run, expected, asked.attempt);
    if (other) throw notThisRun(other);
    const handle = actionsHandle(job);
    if (handle && handle.runId !== run.id) throw notThisRun(`the job is in run ${handle.runId}, not ${run.id}`);
    const present = handle?.runAttempt ?? 1;
    if (run.attempt < present) throw notThisRun(`attempt ${run.attempt} of the run was replaced by ${present}`);
    if (!handle && job.attempt !== asked.attempt) throw notThisRun(`the job is at attempt ${job.attempt}`);
    await use(claims);
    if (run.attempt > present) {
      const revived = await revive(store, job, run.attempt, clock.now());
      await changed(revived, 'state');
      return revived;
    }
    if (isFinished(job)) throw notThisRun(`the job has ${job.status} already`);
    if (job.agent !== undefined) throw notThisRun('an agent has claimed this attempt already');
    return job;
  }

  return async (request: IncomingMessage, token: string): Promise<Answer> => {
    const { job, attempt } = await readJson(request, 10_000);
    if (typeof job !== 'string' || typeof attempt !== 'number' || !Number.isSafeInteger(attempt)) {
      throw new AppError('config/invalid-input', 'job must be an id and attempt a number');
    }
    try {
      const granted = await exchange(token, { id: job, attempt });
      const identity = { jobId: granted.id, attempt: granted.attempt };
      const body: TokenAnswer = {
        token: tokens.issue(identity, clock.now() + tokenLifeMs(granted.task)),
        job: granted.id,
        attempt: granted.attempt,
      };
      return { status: 200, body };
    } catch (error) {
      if (!(error instanceof OidcRefusal)) throw error;
      log.warn({ job: job.slice(0, 64), attempt, why: error.message }, 'an identity token was refused');
      const { code, message } = error.answer;
      const status = code === 'permission/unauthenticated' ? 401 : code === 'conflict/stale' ? 409 : 403;
      return { status, body: { code, message } };
    }
  };
}
