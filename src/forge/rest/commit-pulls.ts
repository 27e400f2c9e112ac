import { isPull, type PullIssue } from '../find.ts';
import { isAncestor } from '../git/commits.ts';
import { resolveCommit } from '../git/refs.ts';
import { listReply } from '../http/paginate.ts';
import { type Reply, type RepositoryCall, type Route, reads } from '../http/route.ts';
import { HttpError } from '../http-error.ts';
import { pullRequestSimpleObject } from '../objects/pull-request.ts';

const belongs = async (gitDir: string, sha: string, { pull }: PullIssue): Promise<boolean> => {
  if (pull.headSha === sha || (pull.merged && pull.mergeCommitSha === sha)) return true;
  return (await isAncestor(gitDir, sha, pull.headSha)) && !(await isAncestor(gitDir, sha, pull.baseSha));
};

const list = async (call: RepositoryCall): Promise<Reply> => {
  const { repository, params } = call;
  const sha = await resolveCommit(repository.gitDir, params.ref ?? '');
  if (!sha) throw new HttpError(422, `No commit found for SHA: ${params.ref}`);
  const found: PullIssue[] = [];
  for (const issue of repository.issues.filter(isPull)) {
    if (await belongs(repository.gitDir, sha, issue)) found.push(issue);
  }
  return listReply(call, found, (issue) => pullRequestSimpleObject(call.world, repository, issue));
};

export const commitPullRoutes: Route[] = [
  { method: 'GET', pattern: '/repos/:owner/:repo/commits/:ref*/pulls', access: reads('pull_requests'), handle: list },
];
