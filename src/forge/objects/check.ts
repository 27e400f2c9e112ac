import { isPull } from '../find.ts';
import { readCommit } from '../git/commits.ts';
import type { CheckAnnotation, CheckRun, CheckSuite, Repository } from '../state.ts';
import { memoize, nodeId, type World } from '../world.ts';
import { appObject } from './app.ts';
import { simpleCommitObject } from './commit.ts';
import { repositoryObject } from './repository.ts';
import { encodePath, repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';

/** Open pull requests from the repository itself with this head; those from forks are left out, as GitHub does. */
export const pullRequestsOf = (world: World, repository: Repository, headSha: string): Record<string, unknown>[] => {
  const url = repositoryApiUrl(world.state, repository);
  const repo = { id: repository.id, url, name: repository.name };
  return repository.issues
    .filter(isPull)
    .filter(
      ({ state, pull }) => state === 'open' && pull.headSha === headSha && pull.headRepositoryId === repository.id,
    )
    .map(({ number, pull }) => ({
      url: `${url}/pulls/${number}`,
      id: pull.id,
      number,
      head: { ref: pull.headRef, sha: pull.headSha, repo },
      base: { ref: pull.baseRef, sha: pull.baseSha, repo },
    }));
};

/** Status and conclusion that a suite has from the latest runs of each name. */
const suiteState = (
  repository: Repository,
  suite: CheckSuite,
): { status: string; conclusion: string | null; runs: CheckRun[] } => {
  const latest = new Map(
    repository.checkRuns.filter((run) => run.suiteId === suite.id).map((run): [string, CheckRun] => [run.name, run]),
  );
  const runs = [...latest.values()];
  if (runs.length === 0) return { status: 'queued', conclusion: null, runs };
  if (runs.some((run) => run.status !== 'completed')) {
    const started = runs.some((run) => run.status !== 'queued');
    return { status: started ? 'in_progress' : 'queued', conclusion: null, runs };
  }
  const order = ['action_required', 'failure', 'timed_out', 'cancelled', 'stale', 'success', 'neutral', 'skipped'];
  const conclusion = order.find((each) => runs.some((run) => run.conclusion === each)) ?? null;
  return { status: 'completed', conclusion, runs };
};

export const checkRunObject = (world: World, repository: Repository, run: CheckRun): Record<string, unknown> => {
  const { state } = world;
  const url = `${repositoryApiUrl(state, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${repositoryHtmlUrl(state, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: run.startedAt ?? null,
    completed_at: run.completedAt ?? null,
    output: {
      title: run.output.title ?? null,
      summary: run.output.summary ?? null,
      text: run.output.text ?? null,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appObject(state),
    pull_requests: pullRequestsOf(world, repository, run.headSha),
  };
};

const suiteCore = (world: World, repository: Repository, suite: CheckSuite): Record<string, unknown> => {
  const { status, conclusion } = suiteState(repository, suite);
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch ?? null,
    head_sha: suite.headSha,
    status,
    conclusion,
    url: `${repositoryApiUrl(world.state, repository)}/check-suites/${suite.id}`,
    before: suite.beforeSha ?? null,
    after: suite.headSha,
    pull_requests: pullRequestsOf(world, repository, suite.headSha),
    app: appObject(world.state),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
  };
};

export const checkSuiteObject = async (
  world: World,
  repository: Repository,
  suite: CheckSuite,
): Promise<Record<string, unknown>> => {
  const commit = await memoize(world, `commit ${suite.headSha}`, () => readCommit(repository.gitDir, suite.headSha));
  return {
    ...suiteCore(world, repository, suite),
    repository: repositoryObject(world.state, repository),
    head_commit: commit ? simpleCommitObject(commit) : null,
    latest_check_runs_count: suiteState(repository, suite).runs.length,
    check_runs_url: `${repositoryApiUrl(world.state, repository)}/check-suites/${suite.id}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
};

/** Payloads carry the whole suite inside the run. */
export const checkRunPayload = (world: World, repository: Repository, run: CheckRun): Record<string, unknown> => {
  const suite = repository.checkSuites.find((each) => each.id === run.suiteId);
  return {
    ...checkRunObject(world, repository, run),
    check_suite: suite ? suiteCore(world, repository, suite) : { id: run.suiteId },
  };
};

export const annotationObject = (
  world: World,
  repository: Repository,
  run: CheckRun,
  annotation: CheckAnnotation,
): Record<string, unknown> => ({
  ...annotation,
  blob_href: `${repositoryHtmlUrl(world.state, repository)}/blob/${run.headSha}/${encodePath(annotation.path)}`,
});
