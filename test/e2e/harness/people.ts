/** What people do with pull requests, each with their own token, and what they see on the forge. */
import type { Octokit } from '@octokit/rest';
import { until } from '../../../src/cli/demo/until.ts';
import type { Files } from './fixture.ts';
import { FULL, type Person, REPO, type TestWorld } from './start-world.ts';

export type CheckRun = Awaited<ReturnType<Octokit['rest']['checks']['listForRef']>>['data']['check_runs'][number];

export function createPeople({ forge, people }: TestWorld) {
  const author = people.author.rest;
  const owner = people.owner.rest;

  /** A push to a branch, that starts at `main` where it is new; answers its head. */
  function push(branch: string, files: Record<string, string | null>, message = 'Change', by: Person = 'author') {
    return forge.importFiles(FULL, branch, files, message, by);
  }

  async function openPull(branch: string, files: Files): Promise<{ number: number; head: string }> {
    const head = await push(branch, files, `Change for ${branch}`);
    const { data } = await author.pulls.create({ ...REPO, head: branch, base: 'main', title: branch, body: '' });
    return { number: data.number, head };
  }

  async function merge(number: number): Promise<string> {
    return (await owner.pulls.merge({ ...REPO, pull_number: number, merge_method: 'merge' })).data.sha;
  }

  /** As `git rebase main` and a forced push: the branch's changes as one commit on top of main. */
  async function rebase(branch: string): Promise<string> {
    const [main, tip] = await Promise.all(['main', branch].map(headOf));
    const { files = [] } = (await author.repos.compareCommits({ ...REPO, base: main!, head: tip! })).data;
    const made = await author.git.createTree({
      ...REPO,
      base_tree: main,
      tree: files.map(({ filename, sha }) => ({ path: filename, mode: '100644' as const, type: 'blob' as const, sha })),
    });
    const message = `Change for ${branch}`;
    const commit = await author.git.createCommit({ ...REPO, message, tree: made.data.sha, parents: [main!] });
    await author.git.updateRef({ ...REPO, ref: `heads/${branch}`, sha: commit.data.sha, force: true });
    return commit.data.sha;
  }

  async function headOf(branch: string): Promise<string> {
    return (await author.git.getRef({ ...REPO, ref: `heads/${branch}` })).data.object.sha;
  }

  async function say(by: Person, number: number, body: string): Promise<number> {
    return (await people[by].rest.issues.createComment({ ...REPO, issue_number: number, body })).data.id;
  }

  /** All of a commit, those too that a newer one of the same name hides from people. */
  async function checks(sha: string): Promise<CheckRun[]> {
    return (await owner.checks.listForRef({ ...REPO, ref: sha, filter: 'all', per_page: 100 })).data.check_runs;
  }

  /** The check once it is as `good` says; fails at once when it completed with `failure` and that is not good. */
  async function check(
    sha: string,
    name: string,
    good: (run: CheckRun) => boolean = completed,
    seconds = 60,
  ): Promise<CheckRun> {
    let last: CheckRun | undefined;
    return until(
      `${name} on ${sha.slice(0, 7)}`,
      seconds,
      async () => {
        last = (await checks(sha)).find((run) => run.name === name);
        if (last && good(last)) return last;
        if (last?.conclusion === 'failure')
          throw new Error(`${name} failed: ${last.output.title}\n${last.output.summary}`);
        return undefined;
      },
      () => (last ? `${last.status} ${last.conclusion ?? ''} ${last.output.title ?? ''}` : 'no such check'),
    );
  }

  const gate = (sha: string, conclusion: string, seconds = 60) =>
    check(sha, 'sluice/gate', (run) => run.conclusion === conclusion, seconds);

  async function comments(number: number) {
    return (await owner.issues.listComments({ ...REPO, issue_number: number, per_page: 100 })).data;
  }

  async function reply(number: number, to: number, seconds = 30): Promise<string> {
    return until(`an answer to comment ${to}`, seconds, async () => {
      return (await comments(number)).find((one) => one.body?.includes(`sluice:reply/${to}/`))?.body;
    });
  }

  async function tags(): Promise<Record<string, string>> {
    const { data } = await owner.repos.listTags({ ...REPO, per_page: 100 });
    return Object.fromEntries(data.map((tag) => [tag.name, tag.commit.sha]));
  }

  async function releases() {
    return (await owner.repos.listReleases({ ...REPO, per_page: 100 })).data;
  }

  /** Oldest first, each with its statuses, newest first. */
  async function deployments() {
    const { data } = await owner.repos.listDeployments({ ...REPO, per_page: 100 });
    const all = data.map(async (deployment) => {
      const asked = { ...REPO, deployment_id: deployment.id, per_page: 100 };
      return { ...deployment, statuses: (await owner.repos.listDeploymentStatuses(asked)).data };
    });
    return (await Promise.all(all)).sort((a, b) => a.id - b.id);
  }

  /** Where the forge says that the version is live. */
  async function liveUrl(version: string, seconds = 60): Promise<string> {
    let seen = '';
    return until(
      `v${version} to be live`,
      seconds,
      async () => {
        const statuses = (await deployments()).map(({ statuses: [newest] }) => newest);
        seen = statuses.map((status) => `${status?.state} ${status?.description}`).join('; ');
        const live = statuses.findLast(
          (status) => status?.state === 'success' && status.description.startsWith(`v${version}: live`),
        );
        return live?.environment_url || undefined;
      },
      () => seen,
    );
  }

  async function issues() {
    const { data } = await owner.issues.listForRepo({ ...REPO, state: 'all', per_page: 100 });
    return data.filter((issue) => !issue.pull_request);
  }

  return {
    push,
    openPull,
    merge,
    rebase,
    headOf,
    say,
    checks,
    check,
    gate,
    comments,
    reply,
    tags,
    releases,
    deployments,
    liveUrl,
    issues,
  };
}

export type People = ReturnType<typeof createPeople>;

export const completed = (run: CheckRun): boolean => run.status === 'completed';
