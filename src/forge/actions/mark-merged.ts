import type { PullIssue } from '../find.ts';
import { pullRequestObject } from '../objects/pull-request.ts';
import type { Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';

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
};
