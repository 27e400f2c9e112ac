import { branchOfRef, isPull, type PullIssue } from '../find.ts';
import { isAncestor, listCommits, readCommits } from '../git/commits.ts';
import { noSha } from '../git/refs.ts';
import { pullRequestObject } from '../objects/pull-request.ts';
import { repositoryHtmlUrl } from '../objects/urls.ts';
import type { Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';
import { ensureCheckSuite } from './check-suites.ts';
import { commitPayload } from './commit-payload.ts';
import { markMerged } from './mark-merged.ts';
import { bringHead } from './pull-facts.ts';

export type MovedRef = { ref: string; before: string; after: string };

const emitPush = async (world: World, repository: Repository, moved: MovedRef, sender: string): Promise<void> => {
  const { gitDir } = repository;
  const created = moved.before === noSha;
  const deleted = moved.after === noSha;
  const branch = branchOfRef(moved.ref);
  const range = deleted
    ? undefined
    : created
      ? [moved.after, '--not', `--exclude=${moved.ref}`, '--branches']
      : [moved.after, `^${moved.before}`];
  const shas =
    range && branch ? (await listCommits(gitDir, ['--max-count=2048', '--reverse', ...range])).slice(-20) : [];
  const commits = await readCommits(gitDir, deleted ? [] : [...shas, `${moved.after}^{commit}`]);
  const payloads = await Promise.all(commits.map((commit) => commitPayload(world, repository, commit)));
  const html = repositoryHtmlUrl(world.state, repository);
  const name = moved.ref.replace(/^refs\/(heads|tags)\//, '');
  const pusher = { name: sender, email: `${sender}@users.noreply.github.com` };
  emit(world, {
    event: 'push',
    repository,
    sender,
    body: {
      ref: moved.ref,
      before: moved.before,
      after: moved.after,
      base_ref: null,
      created,
      deleted,
      forced: !created && !deleted && !(await isAncestor(gitDir, moved.before, moved.after)),
      compare: created
        ? `${html}/compare/${name}`
        : `${html}/compare/${moved.before.slice(0, 12)}...${moved.after.slice(0, 12)}`,
      commits: payloads.slice(0, -1),
      head_commit: payloads.at(-1) ?? null,
      pusher,
    },
  });
};

const emitCreateOrDelete = (world: World, repository: Repository, moved: MovedRef, sender: string): void => {
  const branch = branchOfRef(moved.ref);
  const common = {
    ref: branch ?? moved.ref.replace(/^refs\/tags\//, ''),
    ref_type: branch ? 'branch' : 'tag',
    pusher_type: 'user',
  };
  if (moved.before === noSha) {
    const body = { ...common, master_branch: repository.defaultBranch, description: repository.description ?? null };
    emit(world, { event: 'create', repository, sender, body });
  }
  if (moved.after === noSha) emit(world, { event: 'delete', repository, sender, body: common });
};

const record = (
  issue: PullIssue,
  world: World,
  event: 'head_ref_pushed' | 'head_ref_force_pushed' | 'head_ref_deleted',
  actor: string,
  detail: Record<string, string>,
): void => {
  issue.events.push({ id: nextId(world), event, actor, createdAt: now(), detail });
};

const synchronize = async (
  world: World,
  base: Repository,
  issue: PullIssue,
  moved: MovedRef,
  sender: string,
): Promise<void> => {
  const { pull } = issue;
  if (moved.after === noSha) {
    record(issue, world, 'head_ref_deleted', sender, {});
    issue.state = 'closed';
    issue.closedAt = now();
    issue.closedBy = sender;
    const body = { number: issue.number, pull_request: await pullRequestObject(world, base, issue) };
    emit(world, { event: 'pull_request', action: 'closed', repository: base, sender, body });
    return;
  }
  pull.headSha = moved.after;
  issue.updatedAt = now();
  await bringHead(world, base, issue);
  const forced = !(await isAncestor(base.gitDir, moved.before, moved.after));
  record(issue, world, forced ? 'head_ref_force_pushed' : 'head_ref_pushed', sender, {
    before: moved.before,
    after: moved.after,
  });
  const [tip] = await listCommits(base.gitDir, ['--max-count=1', pull.baseRef, '--']);
  if (tip) pull.baseSha = tip;
  if (tip && (await isAncestor(base.gitDir, moved.after, tip))) return;
  await ensureCheckSuite(world, base, { sha: moved.after, before: moved.before, branch: pull.headRef, sender });
  const body = {
    number: issue.number,
    before: moved.before,
    after: moved.after,
    pull_request: await pullRequestObject(world, base, issue),
  };
  emit(world, { event: 'pull_request', action: 'synchronize', repository: base, sender, body });
};

/** Pull requests whose commits have arrived on their base branch by a push are merged, as on GitHub. */
const noticeMerged = async (world: World, repository: Repository, moved: MovedRef, sender: string): Promise<void> => {
  const branch = branchOfRef(moved.ref);
  if (!branch || moved.before === noSha || moved.after === noSha) return;
  for (const issue of repository.issues.filter(isPull)) {
    if (issue.state !== 'open' || issue.pull.baseRef !== branch) continue;
    if (!(await isAncestor(repository.gitDir, issue.pull.headSha, moved.after))) continue;
    await markMerged(world, repository, issue, { sha: moved.after, baseBefore: moved.before, sender });
  }
};

/** Everything that follows from refs having moved, by a push or through the API: hooks, suites, pull requests. */
export const refsMoved = async (
  world: World,
  repository: Repository,
  moves: MovedRef[],
  sender: string,
): Promise<void> => {
  for (const moved of moves) {
    const branch = branchOfRef(moved.ref);
    if (!branch && !moved.ref.startsWith('refs/tags/')) continue;
    repository.pushedAt = now();
    repository.updatedAt = repository.pushedAt;
    await emitPush(world, repository, moved, sender);
    emitCreateOrDelete(world, repository, moved, sender);
    if (!branch) continue;
    if (moved.after !== noSha) {
      const before = moved.before === noSha ? undefined : moved.before;
      await ensureCheckSuite(world, repository, { sha: moved.after, before, branch, sender });
    }
    for (const base of world.state.repositories) {
      for (const issue of base.issues.filter(isPull)) {
        const isHead = issue.pull.headRepositoryId === repository.id && issue.pull.headRef === branch;
        if (issue.state === 'open' && isHead) await synchronize(world, base, issue, moved, sender);
      }
    }
    await noticeMerged(world, repository, moved, sender);
  }
};
