import { attemptOfTitle } from '../jobs/actions-run.ts';
import { type Payload, payloadOf, repositoryOf } from './payload.ts';

/**
 * What has to be looked at again because of an event. `head`: the pull requests of that commit, whichever they are.
 * `run`: the job whose run on GitHub Actions it is; `job` where the run's title says which, `over`: this attempt of the
 * run has ended.
 */
export type EventKey =
  | { kind: 'pull' | 'issue'; repository: string; number: number }
  | { kind: 'branch'; repository: string; branch: string }
  | { kind: 'head'; repository: string; sha: string }
  | { kind: 'run'; repository: string; runId: number; runAttempt: number; job?: string; over: boolean };

type Translate = (payload: Payload, repository: string) => EventKey[];

/** Others (labels, assignees, our own enqueueing) change nothing that is decided on. */
const pullActions = new Set([
  'opened',
  'reopened',
  'synchronize',
  'edited',
  'closed',
  'ready_for_review',
  'converted_to_draft',
]);

const isBot = (payload: Payload): boolean => payload.sender?.type === 'Bot';

/** GitHub lists no pull requests from forks on a check: those are found by commit. */
function pullsOfCheck(
  repository: string,
  check: { head_sha?: string; pull_requests?: { number?: number }[] } | undefined,
): EventKey[] {
  const keys = (check?.pull_requests ?? []).flatMap(({ number }): EventKey[] =>
    number ? [{ kind: 'pull', repository, number }] : [],
  );
  return check?.head_sha ? [...keys, { kind: 'head', repository, sha: check.head_sha }] : keys;
}

const issueKey: Translate = ({ issue }, repository) =>
  issue?.number ? [{ kind: issue.pull_request ? 'pull' : 'issue', repository, number: issue.number }] : [];

const translations: Record<string, Translate> = {
  pull_request: ({ action = '', pull_request: pull }, repository) =>
    pullActions.has(action) && pull?.number ? [{ kind: 'pull', repository, number: pull.number }] : [],

  // an edited comment never runs anything, and what bots write (ourselves above all) is no command
  issue_comment: (payload, repository) =>
    payload.action === 'created' && !isBot(payload) ? issueKey(payload, repository) : [],

  issues: (payload, repository) =>
    ['closed', 'reopened'].includes(payload.action ?? '') && !isBot(payload) ? issueKey(payload, repository) : [],

  push: ({ ref = '', deleted }, repository) =>
    ref.startsWith('refs/heads/') && !deleted
      ? [{ kind: 'branch', repository, branch: ref.slice('refs/heads/'.length) }]
      : [],

  check_run: ({ action, check_run: run }, repository) =>
    action === 'rerequested' || action === 'requested_action' ? pullsOfCheck(repository, run) : [],

  workflow_run: ({ action, workflow_run: run }, repository) => {
    if (!run?.id) return [];
    const job = attemptOfTitle(run.display_title ?? '')?.id;
    const over = action === 'completed';
    return [{ kind: 'run', repository, runId: run.id, runAttempt: run.run_attempt ?? 1, ...(job && { job }), over }];
  },

  workflow_job: ({ workflow_job: job }, repository) =>
    job?.run_id ? [{ kind: 'run', repository, runId: job.run_id, runAttempt: job.run_attempt ?? 1, over: false }] : [],

  check_suite: ({ action, check_suite: suite }, repository) =>
    action === 'rerequested' ? pullsOfCheck(repository, suite) : [],
};

export function keysOf(event: string, payload: unknown): EventKey[] {
  const known = payloadOf(payload);
  const repository = repositoryOf(known);
  // the name comes from a header: `constructor` must find nothing
  return repository && Object.hasOwn(translations, event) ? (translations[event]?.(known, repository) ?? []) : [];
}
