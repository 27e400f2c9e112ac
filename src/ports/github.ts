/**
 * GitHub as flows see it. Every write is idempotent: it looks for what it did before (by `key`, `marker` or name)
 * unless the caller hands over the id it kept. Errors: AppError external/github (retry), permission/forbidden (the app
 * lacks something), conflict/stale (moved under us), conflict/not-found.
 */

export type RepositoryRef = { owner: string; name: string; installationId: number };

export type TreeEntry = { path: string; sha: string; mode: string };

export type SourceFiles = {
  /** All blobs of a commit, recursively: one call. */
  tree(repository: RepositoryRef, sha: string): Promise<TreeEntry[]>;
  /**
   * Texts of many files at many commits in one GraphQL call (`requests` up to some hundreds); missing files are absent.
   * Key of the answer: `<sha>:<path>`.
   */
  read(repository: RepositoryRef, requests: { sha: string; path: string }[]): Promise<Map<string, string>>;
  branchHead(repository: RepositoryRef, branch: string): Promise<string | undefined>;
  createBranch(repository: RepositoryRef, branch: string, sha: string): Promise<'created' | 'exists'>;
  /** One signed commit on a branch that must still be at `expectedHead`, else `'moved'`. Answers the new commit's SHA. */
  commit(
    repository: RepositoryRef,
    change: { branch: string; expectedHead: string; message: string; files: { path: string; text: string }[] },
  ): Promise<{ sha: string } | 'moved'>;
};

export type PullRequest = {
  number: number;
  title: string;
  author: string;
  state: 'open' | 'closed';
  draft: boolean;
  merged: boolean;
  mergeCommit?: string;
  head: { sha: string; branch: string; fromFork: boolean };
  base: { sha: string; branch: string };
  url: string;
};

export type Pulls = {
  get(repository: RepositoryRef, number: number): Promise<PullRequest>;
  /** Paths, old and new name of a renamed file both; `'too-many'` above GitHub's limit of 3,000. */
  changedFiles(repository: RepositoryRef, number: number): Promise<string[] | 'too-many'>;
  listOpen(repository: RepositoryRef): Promise<PullRequest[]>;
  /** Where the head left the base: what the pull request is compared with. */
  mergeBase(repository: RepositoryRef, base: string, head: string): Promise<string>;
  /** The open pull request of that head branch, made when there is none. */
  open(
    repository: RepositoryRef,
    change: { head: string; base: string; title: string; body: string },
  ): Promise<PullRequest>;
};

export type Annotation = {
  path: string;
  startLine: number;
  endLine: number;
  level: 'notice' | 'warning' | 'failure';
  message: string;
  title?: string;
};

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'action_required'
  | 'timed_out';

/** What a check run shall show. */
export type CheckContent = {
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion?: CheckConclusion;
  title: string;
  /** Markdown, at most 65,535 characters each. */
  summary: string;
  text?: string;
  annotations: Annotation[];
  images: { alt: string; url: string }[];
  /** At most three; label ≤ 20, description ≤ 40, identifier ≤ 20 characters. */
  actions: { label: string; description: string; identifier: string }[];
  detailsUrl?: string;
};

export type Checks = {
  /**
   * Finds the check run by id, else by (sha, name, key), else creates it. Answers its id. `fresh` promises that none
   * was ever asked for, which spares the search.
   */
  publish(
    repository: RepositoryRef,
    check: CheckContent & { sha: string; key: string; knownId?: number; fresh?: boolean },
  ): Promise<{ id: number }>;
};

export type Comments = {
  /** One comment a marker (`<!-- sluice:… -->`, added to the body), edited in place. Answers its id. `fresh`: as above. */
  upsert(
    repository: RepositoryRef,
    number: number,
    comment: { marker: string; body: string; knownId?: number; fresh?: boolean },
  ): Promise<{ id: number; url: string }>;
  react(
    repository: RepositoryRef,
    commentId: number,
    reaction: 'eyes' | '+1' | '-1' | 'confused' | 'rocket',
  ): Promise<void>;
};

export type Issues = {
  /**
   * One issue a marker, edited in place, opened and closed as told. `kept`: one that people closed stays closed; a new one
   * is open. `knownNumber` spares the search. Answers whether it is open now.
   */
  upsert(
    repository: RepositoryRef,
    issue: {
      marker: string;
      title: string;
      body: string;
      labels: string[];
      assignees: string[];
      state: 'open' | 'closed' | 'kept';
      knownNumber?: number;
    },
  ): Promise<{ number: number; url: string; state: 'open' | 'closed' }>;
};

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export type People = {
  /** From `role_name`; unknown to the repository: `none`. Custom roles answer their base permission. */
  role(repository: RepositoryRef, login: string): Promise<Role>;
  /** `team` as `org/slug`. */
  isTeamMember(repository: RepositoryRef, team: string, login: string): Promise<boolean>;
};

export type Releases = {
  /** Tags whose name starts so, with the commit that each points to (annotated tags peeled). */
  listTags(repository: RepositoryRef, prefix: string): Promise<{ name: string; commit: string; message?: string }[]>;
  /** Annotated tag; creating its ref is the atomic claim. */
  createTag(
    repository: RepositoryRef,
    tag: { name: string; commit: string; message: string },
  ): Promise<'created' | 'exists'>;
  /** The release of that tag, made or edited. */
  publishRelease(
    repository: RepositoryRef,
    release: { tag: string; name: string; body: string },
  ): Promise<{ id: number; url: string }>;
};

export type DeploymentState = 'queued' | 'pending' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

export type Deployments = {
  /** The deployment with that key in its payload (`{"sluice": key}`), made when there is none. */
  ensure(
    repository: RepositoryRef,
    deployment: { key: string; sha: string; environment: string; description: string; knownId?: number },
  ): Promise<{ id: number }>;
  /** Adds a status unless the newest one says the same already. Description at most 140 characters (cut with …). */
  setStatus(
    repository: RepositoryRef,
    id: number,
    status: { state: DeploymentState; description: string; environmentUrl?: string; logUrl?: string },
  ): Promise<void>;
};

/** What runs need to check a commit out: never given to the training command. */
export type CheckoutAccess = {
  /** Clone address and a token that can read this one repository, for an hour at most. */
  checkout(repository: RepositoryRef): Promise<{ url: string; token: string }>;
};

export type GitHub = {
  files: SourceFiles;
  pulls: Pulls;
  checks: Checks;
  comments: Comments;
  issues: Issues;
  people: People;
  releases: Releases;
  deployments: Deployments;
  access: CheckoutAccess;
};
