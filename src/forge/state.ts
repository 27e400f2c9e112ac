import type { RepositoryActions } from './ci/records.ts';
import type { Deployment } from './deployment-record.ts';

/**
 * What the forge knows, as plain JSON-able data. Accounts are named by login, all else by a numeric id; times are ISO 8601
 * in UTC. Files, branches, tags and commits are not in here but in the bare git repository at `Repository.gitDir`.
 */
export type ForgeState = {
  /** Origin of the server, `http://localhost:PORT`, no slash at the end. */
  url: string;
  /** Ids are handed out from one counter, so that an id of one kind is never valid for another. */
  lastId: number;
  app: AppRegistration;
  accounts: Account[];
  teams: Team[];
  tokens: Token[];
  installations: Installation[];
  repositories: Repository[];
  deliveries: HookDelivery[];
};

export type AccessLevel = 'read' | 'write' | 'admin';
export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

export type AppRegistration = {
  id: number;
  slug: string;
  name: string;
  clientId: string;
  ownerLogin: string;
  description: string;
  /** As in a manifest: `{checks: 'write', contents: 'read', …}`. */
  permissions: Record<string, AccessLevel>;
  events: string[];
  publicKeyPem: string;
  hookId: number;
  webhookUrl: string | undefined;
  webhookSecret: string;
  createdAt: string;
};

export type Account = {
  id: number;
  login: string;
  type: 'User' | 'Organization' | 'Bot';
  name: string | undefined;
  createdAt: string;
  /** Of an organization: the logins of its members, owners included. Empty for users. */
  members: string[];
  /** Of an organization: who administers it and all of its repositories. */
  owners: string[];
};

export type Team = {
  id: number;
  organization: string;
  slug: string;
  name: string;
  members: { login: string; role: 'member' | 'maintainer' }[];
  repositories: { repositoryId: number; role: Role }[];
};

export type Token =
  | { kind: 'user'; value: string; login: string }
  | {
      kind: 'installation';
      value: string;
      installationId: number;
      permissions: Record<string, AccessLevel>;
      /** Undefined: every repository of the installation, also those added later. */
      repositoryIds: number[] | undefined;
      expiresAt: string;
    }
  /** `GITHUB_TOKEN` of a job; it ends with the job. */
  | { kind: 'job'; value: string; repositoryId: number; permissions: Record<string, AccessLevel> };

export type Installation = {
  id: number;
  account: string;
  repositorySelection: 'all' | 'selected';
  repositoryIds: number[];
  permissions: Record<string, AccessLevel>;
  events: string[];
  createdAt: string;
  updatedAt: string;
  suspendedAt: string | undefined;
};

export type Repository = {
  id: number;
  owner: string;
  name: string;
  /** `owner/name` */
  fullName: string;
  private: boolean;
  description: string | undefined;
  defaultBranch: string;
  /** Absolute path of the bare repository. */
  gitDir: string;
  /** Id of the repository that this one is a fork of. */
  parentId: number | undefined;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  collaborators: { login: string; role: Role }[];
  labels: Label[];
  /** Issues and pull requests, which share their numbers, in the order of number. */
  issues: Issue[];
  comments: IssueComment[];
  checkSuites: CheckSuite[];
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
  releases: Release[];
  deployments: Deployment[];
  actions: RepositoryActions;
};

export type Label = { id: number; name: string; color: string; description: string | undefined; default: boolean };

export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';
export type Reaction = { id: number; login: string; content: ReactionContent; createdAt: string };

export type Issue = {
  id: number;
  number: number;
  title: string;
  body: string | undefined;
  author: string;
  /** Whether it was opened through the app rather than by a person. */
  byApp: boolean;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | undefined;
  locked: boolean;
  /** Names of labels of the repository. */
  labels: string[];
  assignees: string[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | undefined;
  closedBy: string | undefined;
  reactions: Reaction[];
  /** What happened besides comments, for the conversation's time line. */
  events: IssueEvent[];
  /** Present on pull requests only. */
  pull: Pull | undefined;
};

export type IssueEvent = {
  id: number;
  event:
    | 'closed'
    | 'reopened'
    | 'merged'
    | 'labeled'
    | 'unlabeled'
    | 'renamed'
    | 'assigned'
    | 'unassigned'
    | 'head_ref_pushed'
    | 'head_ref_force_pushed'
    | 'head_ref_deleted'
    | 'converted_to_draft'
    | 'ready_for_review'
    | 'base_ref_changed';
  actor: string;
  createdAt: string;
  /** Label name, old and new title, SHA before and after, … as the event needs. */
  detail: Record<string, string>;
};

export type Pull = {
  id: number;
  headRepositoryId: number;
  headRef: string;
  headSha: string;
  baseRef: string;
  /** Tip of the base branch when the pull request was opened or last synchronised. */
  baseSha: string;
  draft: boolean;
  merged: boolean;
  mergedAt: string | undefined;
  mergedBy: string | undefined;
  /** After the merge: the commit on the base branch. Before: the test merge, once it was computed. */
  mergeCommitSha: string | undefined;
  maintainerCanModify: boolean;
  reviews: Review[];
};

export type Review = {
  id: number;
  author: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commitSha: string;
  submittedAt: string;
};

export type IssueComment = {
  id: number;
  issueNumber: number;
  author: string;
  byApp: boolean;
  body: string;
  createdAt: string;
  updatedAt: string;
  reactions: Reaction[];
};

export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale';

export type CheckSuite = {
  id: number;
  headBranch: string | undefined;
  headSha: string;
  beforeSha: string | undefined;
  createdAt: string;
  updatedAt: string;
};

export type CheckRun = {
  id: number;
  suiteId: number;
  name: string;
  headSha: string;
  externalId: string;
  detailsUrl: string;
  status: CheckStatus;
  conclusion: CheckConclusion | undefined;
  startedAt: string | undefined;
  completedAt: string | undefined;
  output: {
    title: string | undefined;
    summary: string | undefined;
    text: string | undefined;
    images: { alt: string; image_url: string; caption?: string }[];
    annotations: CheckAnnotation[];
  };
  actions: { label: string; description: string; identifier: string }[];
};

export type CheckAnnotation = {
  path: string;
  start_line: number;
  end_line: number;
  start_column: number | null;
  end_column: number | null;
  annotation_level: 'notice' | 'warning' | 'failure';
  message: string;
  title: string | null;
  raw_details: string | null;
};

export type CommitStatus = {
  id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | undefined;
  targetUrl: string | undefined;
  creator: string;
  createdAt: string;
};

export type Release = {
  id: number;
  tagName: string;
  targetCommitish: string;
  name: string | undefined;
  body: string | undefined;
  draft: boolean;
  prerelease: boolean;
  author: string;
  createdAt: string;
  publishedAt: string | undefined;
};

export type HookDelivery = {
  id: number;
  guid: string;
  event: string;
  action: string | undefined;
  deliveredAt: string;
  redelivery: boolean;
  /** In seconds. */
  duration: number;
  /** As GitHub words it: `OK`, `Invalid HTTP Response: 500`, `failed to connect to host`, `timed out`, `pending`. */
  status: string;
  /** 0 while it is queued or when nobody answered. */
  statusCode: number;
  installationId: number | undefined;
  repositoryId: number | undefined;
  url: string;
  request: { headers: Record<string, string>; payload: Record<string, unknown> };
  response: { headers: Record<string, string>; payload: string } | undefined;
};
