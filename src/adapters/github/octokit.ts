import type { ProbotOctokit } from 'probot';

export type Octokit = InstanceType<typeof ProbotOctokit>;

/** What the adapter needs of Probot: `app.auth`, and who the app is. */
export type GitHubAccess = {
  /** Client of an installation; without an id: of the app itself (JWT). */
  octokitFor(installationId?: number): Promise<Octokit>;
  appId: number;
};

/** For what must not be sent twice: Octokit's retry plugin repeats POSTs after a 5xx. */
export const once = { request: { retries: 0 } } as const;
