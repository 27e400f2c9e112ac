/** The parts of GitHub's webhook payloads that Sluice reads. Everything is optional: what is not there is not meant. */
export type Payload = {
  action?: string;
  ref?: string;
  deleted?: boolean;
  repository?: { full_name?: string; default_branch?: string };
  installation?: { id?: number };
  sender?: { login?: string; type?: string };
  pull_request?: { number?: number; head?: { sha?: string } };
  issue?: { number?: number; pull_request?: unknown };
  comment?: { id?: number; body?: string; created_at?: string; user?: { login?: string; type?: string } | null };
  check_run?: {
    id?: number;
    name?: string;
    head_sha?: string;
    external_id?: string | null;
    pull_requests?: { number?: number }[];
  };
  check_suite?: { head_sha?: string; pull_requests?: { number?: number }[] };
  workflow_run?: { id?: number; display_title?: string; run_attempt?: number };
  workflow_job?: { run_id?: number; run_attempt?: number };
  requested_action?: { identifier?: string };
};

/** Payloads come verified but unvalidated; whatever is no object says nothing. */
export function payloadOf(value: unknown): Payload {
  return typeof value === 'object' && value !== null ? (value as Payload) : {};
}

const repositoryPattern = /^[\w.-]+\/[\w.-]+$/;

/** `owner/name`. */
export function repositoryOf(payload: Payload): string | undefined {
  const name = payload.repository?.full_name;
  return name && repositoryPattern.test(name) ? name : undefined;
}
