import type { PullIssue } from '../find.ts';
import { pullRequestObject } from '../objects/pull-request.ts';
import type { Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';
import { setIssueState } from './issues.ts';

const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d+)\b/gi;

/** Issues that the description says to close are closed once it is on the default branch. */
const closeNamedIssues = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
  sender: string,
): Promise<void> => {
  if (issue.pull.baseRef !== repository.defaultBranch) return;
  for (const [, number] of (issue.body ?? '').matchAll(closing)) {
    const named = repository.issues.find((each) => each.number === Number(number) && !each.pull);
    if (named) await setIssueState(world, repository, named, 'closed', { login: sender, byApp: false });
  }
};

/** Closes a pull request as merged and says so; the base branch has already moved. */
export const markMerged = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
  merge: { sha: string; baseBefore: string; sender: string },
): Promise<void> => {
  const at = now();
  Object.assign(issue, { state: 'closed', closedAt: at, closedBy: merge.sender, updatedAt: at });
  Object.assign(issue.pull, {
    merged: true,
    mergedAt: at,
    mergedBy: merge.sender,
    mergeCommitSha: merge.sha,
    baseSha: merge.baseBefore,
  });
  for (const event of ['merged', 'closed'] as const) {
    issue.events.push({ id: nextId(world), event, actor: merge.sender, createdAt: at, detail: { commit: merge.sha } });
  }
  const body = { number: issue.number, pull_request: await pullRequestObject(world, repository, issue) };
  emit(world, { event: 'pull_request', action: 'closed', repository, sender: merge.sender, body });
  await closeNamedIssues(world, repository, issue, merge.sender);
};
