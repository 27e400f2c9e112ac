import { installationOf } from '../find.ts';
import { checkSuiteObject } from '../objects/check.ts';
import type { CheckSuite, Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';

const emitSuite = async (
  world: World,
  repository: Repository,
  suite: CheckSuite,
  action: 'requested' | 'rerequested' | 'completed',
  sender: string,
): Promise<void> => {
  const { repository: _repository, ...body } = await checkSuiteObject(world, repository, suite);
  emit(world, { event: 'check_suite', action, repository, sender, body: { check_suite: body } });
};

/**
 * The app's one suite for a commit. A push makes it (and says `check_suite.requested`) where the app may write checks;
 * the first check run makes it otherwise.
 */
export const ensureCheckSuite = async (
  world: World,
  repository: Repository,
  commit: { sha: string; before: string | undefined; branch: string | undefined; sender: string | undefined },
): Promise<CheckSuite | undefined> => {
  const existing = repository.checkSuites.find((suite) => suite.headSha === commit.sha);
  if (existing) return existing;
  if (installationOf(world.state, repository)?.permissions.checks !== 'write') return undefined;
  const at = now();
  const suite: CheckSuite = {
    id: nextId(world),
    headBranch: commit.branch,
    headSha: commit.sha,
    beforeSha: commit.before,
    createdAt: at,
    updatedAt: at,
  };
  repository.checkSuites.push(suite);
  if (commit.sender) await emitSuite(world, repository, suite, 'requested', commit.sender);
  return suite;
};

export const rerequestSuite = (
  world: World,
  repository: Repository,
  suite: CheckSuite,
  sender: string,
): Promise<void> => emitSuite(world, repository, suite, 'rerequested', sender);

/** Says `check_suite.completed` once all of its runs are. */
export const noticeCompletedSuite = async (
  world: World,
  repository: Repository,
  suiteId: number,
  sender: string,
): Promise<void> => {
  const suite = repository.checkSuites.find((each) => each.id === suiteId);
  const runs = repository.checkRuns.filter((run) => run.suiteId === suiteId);
  if (!suite) return;
  suite.updatedAt = now();
  if (runs.every((run) => run.status === 'completed')) await emitSuite(world, repository, suite, 'completed', sender);
};
