import { AppError } from '../../src/domain/errors.ts';
import type { CheckContent, DeploymentState, GitHub, PullRequest, Role, SourceFiles } from '../../src/ports/github.ts';
import { createFakeCommits, type FakeCommits, fakeSha } from './fake-commits.ts';
import type { Faults } from './faults.ts';

export type FakeCheck = CheckContent & { id: number; sha: string; key: string; updates: number };
export type FakeComment = { id: number; number: number; marker: string; body: string; edits: number };
export type FakeIssue = {
  number: number;
  marker: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  labels: string[];
  assignees: string[];
};
export type FakeDeployment = {
  id: number;
  key: string;
  sha: string;
  environment: string;
  statuses: { state: DeploymentState; description: string }[];
};

/** One repository on GitHub as plain data; what its ports promise, and nothing of its wire. */
export type FakeGitHub = GitHub & {
  commits: FakeCommits;
  pullRequests: (PullRequest & { body: string })[];
  checkRuns: FakeCheck[];
  commentList: FakeComment[];
  reactions: { commentId: number; reaction: string }[];
  issueList: FakeIssue[];
  tags: { name: string; commit: string; message: string }[];
  releaseList: { tag: string; name: string; body: string }[];
  deploymentList: FakeDeployment[];
  roles: Map<string, Role>;
  teams: Map<string, string[]>;
  openPull(branch: string, more?: { author?: string; base?: string; fromFork?: boolean }): number;
  mergePull(number: number): string;
  /** A commit on the branch, and the heads of its pull requests with it. */
  push(branch: string, files: Record<string, string | undefined>): string;
};

const web = 'https://github.example/acme/shop';

export function createFakeGitHub(files: Record<string, string>, faults: Faults): FakeGitHub {
  const commits = createFakeCommits(files);
  const pulls: FakeGitHub['pullRequests'] = [];
  const checkRuns: FakeCheck[] = [];
  const comments: FakeComment[] = [];
  const reactions: FakeGitHub['reactions'] = [];
  const issues: FakeIssue[] = [];
  const tags: FakeGitHub['tags'] = [];
  const releases: FakeGitHub['releaseList'] = [];
  const deployments: FakeDeployment[] = [];
  const roles = new Map<string, Role>([
    ['owner', 'admin'],
    ['author', 'write'],
    ['reader', 'read'],
  ]);
  const teams = new Map<string, string[]>();
  let numbers = 0;
  let ids = 1000;

  const pullOf = (number: number): PullRequest => {
    const pull = pulls.find((one) => one.number === number);
    if (!pull) throw new AppError('conflict/not-found', `no pull request #${number}`);
    const head = pull.head.fromFork || pull.merged ? pull.head.sha : commits.branches.get(pull.head.branch);
    return structuredClone({ ...pull, head: { ...pull.head, sha: head ?? pull.head.sha } });
  };

  const sourceFiles: SourceFiles = {
    tree: async (_, sha) =>
      [...commits.get(sha).files].map(([path, text]) => ({ path, sha: fakeSha(text), mode: '100644' })),
    read: async (_, requests) =>
      new Map(
        requests.flatMap(({ sha, path }) => {
          const text = commits.resolve(sha)?.files.get(path);
          return text === undefined ? [] : [[`${sha}:${path}`, text] as const];
        }),
      ),
    branchHead: async (_, branch) => commits.branches.get(branch),
    createBranch: async (_, branch, sha) => {
      if (commits.branches.has(branch)) return 'exists';
      commits.branches.set(branch, sha);
      return 'created';
    },
    commit: async (_, change) => {
      if (commits.branches.get(change.branch) !== change.expectedHead) return 'moved';
      const edits = Object.fromEntries(change.files.map(({ path, text }) => [path, text]));
      return { sha: commits.commit(change.branch, edits, change.message) };
    },
  };

  function addPull(change: {
    head: string;
    base: string;
    title: string;
    body?: string;
    author: string;
    fromFork?: boolean;
  }): number {
    numbers += 1;
    pulls.push({
      number: numbers,
      title: change.title,
      body: change.body ?? '',
      author: change.author,
      state: 'open',
      draft: false,
      merged: false,
      head: {
        sha: commits.branches.get(change.head) ?? '',
        branch: change.head,
        fromFork: change.fromFork ?? false,
      },
      base: { sha: commits.branches.get(change.base) ?? '', branch: change.base },
      url: `${web}/pull/${numbers}`,
    });
    return numbers;
  }

  return {
    commits,
    pullRequests: pulls,
    checkRuns,
    commentList: comments,
    reactions,
    issueList: issues,
    tags,
    releaseList: releases,
    deploymentList: deployments,
    roles,
    teams,
    openPull: (branch, { author = 'author', base = 'main', fromFork } = {}) =>
      addPull({ head: branch, base, title: `Change of ${branch}`, author, ...(fromFork ? { fromFork } : {}) }),
    mergePull: (number) => {
      const pull = pulls.find((one) => one.number === number)!;
      pull.head.sha = pullOf(number).head.sha;
      const mergeCommit = commits.merge(pull.base.branch, pull.head.sha);
      Object.assign(pull, { state: 'closed', merged: true, mergeCommit });
      return mergeCommit;
    },
    push: (branch, changes) => commits.commit(branch, changes),

    files: faults.around('files', sourceFiles),
    pulls: faults.around('pulls', {
      get: async (_, number) => pullOf(number),
      changedFiles: async (_, number) => {
        const { base, head } = pullOf(number);
        return commits.changed(commits.mergeBase(base.sha, head.sha), head.sha);
      },
      listOpen: async () => pulls.filter(({ state }) => state === 'open').map(({ number }) => pullOf(number)),
      mergeBase: async (_, base, head) => commits.mergeBase(base, head),
      open: async (_, change) => {
        const known = pulls.find((one) => one.state === 'open' && one.head.branch === change.head);
        const head = commits.branches.get(change.head)!;
        if (!known && commits.mergeBase(commits.branches.get(change.base)!, head) === head) {
          throw new AppError('conflict/stale', `No commits between ${change.base} and ${change.head}`);
        }
        return pullOf(known?.number ?? addPull({ ...change, author: 'sluice[bot]' }));
      },
    } satisfies GitHub['pulls']),
    checks: faults.around('checks', {
      publish: async (_, { knownId, fresh, ...check }) => {
        const same = (one: FakeCheck) => one.sha === check.sha && one.name === check.name && one.key === check.key;
        const known =
          checkRuns.find(({ id }) => id === knownId) ?? (fresh ? undefined : checkRuns.find((one) => same(one)));
        if (known) {
          Object.assign(known, structuredClone(check), { updates: known.updates + 1 });
          return { id: known.id };
        }
        ids += 1;
        checkRuns.push({ ...structuredClone(check), id: ids, updates: 0 });
        return { id: ids };
      },
    } satisfies GitHub['checks']),
    comments: faults.around('comments', {
      upsert: async (_, number, { marker, body, knownId, fresh }) => {
        if (![...issues, ...pulls].some((one) => one.number === number))
          throw new AppError('conflict/not-found', `no issue or pull request #${number}`);
        const known =
          comments.find(({ id }) => id === knownId) ??
          (fresh ? undefined : comments.find((one) => one.number === number && one.marker === marker));
        if (known) {
          Object.assign(known, { body, edits: known.edits + 1 });
          return { id: known.id, url: `${web}/pull/${number}#issuecomment-${known.id}` };
        }
        ids += 1;
        comments.push({ id: ids, number, marker, body, edits: 0 });
        return { id: ids, url: `${web}/pull/${number}#issuecomment-${ids}` };
      },
      react: async (_, commentId, reaction) => {
        if (!reactions.some((one) => one.commentId === commentId && one.reaction === reaction))
          reactions.push({ commentId, reaction });
      },
    } satisfies GitHub['comments']),
    issues: faults.around('issues', {
      upsert: async (_, { knownNumber, ...wanted }) => {
        const known = issues.find((one) => (knownNumber ? one.number === knownNumber : one.marker === wanted.marker));
        const number = known?.number ?? numbers + 1;
        const { title, body, state } = wanted;
        if (known) Object.assign(known, { title, body, state: state === 'kept' ? known.state : state });
        else {
          numbers = number;
          issues.push({ ...structuredClone(wanted), state: state === 'kept' ? 'open' : state, number });
        }
        const { state: now } = issues.find((one) => one.number === number)!;
        return { number, url: `${web}/issues/${number}`, state: now === 'closed' ? 'closed' : 'open' };
      },
    } satisfies GitHub['issues']),
    people: faults.around('people', {
      role: async (_, login) => roles.get(login) ?? 'none',
      isTeamMember: async (_, team, login) => teams.get(team)?.includes(login) ?? false,
    } satisfies GitHub['people']),
    releases: faults.around('releases', {
      listTags: async (_, prefix) => structuredClone(tags.filter(({ name }) => name.startsWith(prefix))),
      createTag: async (_, tag) => {
        if (tags.some(({ name }) => name === tag.name)) return 'exists';
        tags.push({ ...tag });
        return 'created';
      },
      publishRelease: async (_, release) => {
        const known = releases.find(({ tag }) => tag === release.tag);
        if (known) Object.assign(known, release);
        else releases.push({ ...release });
        return { id: releases.length, url: `${web}/releases/tag/${encodeURIComponent(release.tag)}` };
      },
    } satisfies GitHub['releases']),
    deployments: faults.around('deployments', {
      ensure: async (_, { key, sha, environment, knownId }) => {
        const known = deployments.find((one) => one.id === knownId || one.key === key);
        if (known) return { id: known.id };
        ids += 1;
        deployments.push({ id: ids, key, sha, environment, statuses: [] });
        return { id: ids };
      },
      setStatus: async (_, id, { state, description }) => {
        const { statuses } = deployments.find((one) => one.id === id)!;
        const newest = statuses.at(-1);
        if (newest?.state !== state || newest.description !== description) statuses.push({ state, description });
      },
    } satisfies GitHub['deployments']),
    access: { checkout: async () => ({ url: `${web}.git`, token: 'token' }) },
  };
}
