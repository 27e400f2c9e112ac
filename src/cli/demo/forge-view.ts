/** What the forge says, asked over its API as a person: the demo believes nothing that Sluice remembers. */
import type { Octokit } from '@octokit/rest';
import { until } from './until.ts';
import { NAME, OWNER, type World } from './world.ts';

const REPO = { owner: OWNER, repo: NAME };

export type CheckRun = Awaited<ReturnType<Octokit['rest']['checks']['listForRef']>>['data']['check_runs'][number];

export function createForgeView(world: World) {
  const api = world.people.owner.rest;

  async function checks(sha: string): Promise<CheckRun[]> {
    return (await api.checks.listForRef({ ...REPO, ref: sha, per_page: 100 })).data.check_runs;
  }

  async function check(sha: string, name: string): Promise<CheckRun | undefined> {
    return (await checks(sha)).find((run) => run.name === name);
  }

  /** The check as soon as it satisfies `good`; fails early when `bad` says that it never will. */
  async function waitCheck(
    sha: string,
    name: string,
    seconds: number,
    good: (run: CheckRun) => boolean,
    say: (doing: string) => void = () => {},
    bad: (run: CheckRun) => boolean = () => false,
  ): Promise<CheckRun> {
    let last: CheckRun | undefined;
    return until(
      `${name} on ${sha.slice(0, 7)}`,
      seconds,
      async () => {
        last = await check(sha, name);
        if (last?.output.title) say(last.output.title);
        if (last && bad(last))
          throw new Error(`${name}: ${last.conclusion}: ${last.output.title}\n${last.output.summary}`);
        return last && good(last) ? last : undefined;
      },
      () => (last ? `${last.status} ${last.conclusion ?? ''} ${last.output.title ?? ''}` : 'no such check'),
    );
  }

  const pull = async (number: number) => (await api.pulls.get({ ...REPO, pull_number: number })).data;
  const comments = async (number: number) =>
    (await api.issues.listComments({ ...REPO, issue_number: number, per_page: 100 })).data;
  const reactions = async (id: number) =>
    (await api.reactions.listForIssueComment({ ...REPO, comment_id: id })).data.map((one) => one.content);

  async function say(by: keyof World['people'], number: number, body: string): Promise<number> {
    return (await world.people[by].rest.issues.createComment({ ...REPO, issue_number: number, body })).data.id;
  }

  async function waitComment(
    number: number,
    seconds: number,
    good: (body: string) => boolean,
    what: string,
  ): Promise<{ id: number; body: string; url: string }> {
    return until(what, seconds, async () => {
      const found = (await comments(number)).find((one) => good(one.body ?? ''));
      return found && { id: found.id, body: found.body ?? '', url: found.html_url };
    });
  }

  async function tagCommit(name: string): Promise<string | undefined> {
    try {
      const ref = (await api.git.getRef({ ...REPO, ref: `tags/${name}` })).data;
      if (ref.object.type === 'commit') return ref.object.sha;
      return (await api.git.getTag({ ...REPO, tag_sha: ref.object.sha })).data.object.sha;
    } catch (error) {
      if ((error as { status?: number }).status === 404) return undefined;
      throw error;
    }
  }

  async function deployments() {
    const list = (await api.repos.listDeployments({ ...REPO, per_page: 100 })).data;
    return Promise.all(
      list.map(async (one) => ({
        ...one,
        statuses: (await api.repos.listDeploymentStatuses({ ...REPO, deployment_id: one.id, per_page: 100 })).data,
      })),
    );
  }

  const issues = async () =>
    (await api.issues.listForRepo({ ...REPO, state: 'all', per_page: 100 })).data.filter((one) => !one.pull_request);
  const release = async (tag: string) => (await api.repos.getReleaseByTag({ ...REPO, tag })).data;
  const head = async (branch: string) => (await api.git.getRef({ ...REPO, ref: `heads/${branch}` })).data.object.sha;

  return {
    api,
    checks,
    check,
    waitCheck,
    pull,
    comments,
    reactions,
    say,
    waitComment,
    tagCommit,
    deployments,
    issues,
    release,
    head,
  };
}

export type ForgeView = ReturnType<typeof createForgeView>;
