/** All that is to be seen on the forge after a story, without what differs from one run to the next. */
import type { People } from '../../e2e/harness/people.ts';
import { REPO, type TestWorld } from '../../e2e/harness/start-world.ts';

type Counted = Record<string, number>;

export type FinalState = {
  pulls: { title: string; state: string; merged: boolean; comments: Counted; reactions: string[]; commits: number }[];
  /** `pull title, commit number: check name conclusion`, each with how many there are. */
  checks: Counted;
  tags: string[];
  releases: string[];
  deployments: { description: string; statuses: Counted; last: string }[];
  issues: { title: string; state: string; labels: string[]; comments: Counted }[];
};

export async function readFinalState(world: TestWorld, people: People): Promise<FinalState> {
  const { rest } = world.people.owner;
  const pulls = (await rest.pulls.list({ ...REPO, state: 'all', per_page: 100, direction: 'asc' })).data;
  const checks: string[] = [];
  const shown = [];
  for (const pull of pulls) {
    const commits = (await rest.pulls.listCommits({ ...REPO, pull_number: pull.number, per_page: 100 })).data;
    for (const [index, { sha }] of commits.entries())
      for (const run of await people.checks(sha))
        checks.push(`${nameless(pull.title)}, commit ${index + 1}: ${run.name} ${run.conclusion ?? run.status}`);
    const comments = await people.comments(pull.number);
    const reactions = [];
    for (const comment of comments.filter((one) => one.body?.startsWith('/'))) {
      const found = (await rest.reactions.listForIssueComment({ ...REPO, comment_id: comment.id })).data;
      reactions.push(
        `${comment.user?.login} ${comment.body}: ${found
          .map((one) => one.content)
          .sort()
          .join(' ')}`,
      );
    }
    shown.push({
      title: nameless(pull.title),
      state: pull.state,
      merged: pull.merged_at !== null,
      comments: count(comments.map((one) => kindOf(one.body ?? ''))),
      reactions,
      commits: commits.length,
    });
  }
  const deployments = (await people.deployments()).map(({ description, statuses }) => ({
    description: description ?? '',
    statuses: count(statuses.map((status) => `${status.state}: ${status.description}`)),
    last: `${statuses[0]?.state}: ${statuses[0]?.description}`,
  }));
  const issues = [];
  for (const issue of await people.issues()) {
    issues.push({
      title: nameless(issue.title),
      state: issue.state,
      labels: issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
      comments: count((await people.comments(issue.number)).map((one) => kindOf(one.body ?? ''))),
    });
  }
  return {
    pulls: shown,
    checks: count(checks),
    tags: Object.keys(await people.tags()).sort(),
    releases: (await people.releases()).map((release) => release.tag_name).sort(),
    deployments,
    issues,
  };
}

/** Of a comment of ours its marker and its first words, of a person's its whole. */
function kindOf(body: string): string {
  const marker = /<!-- sluice:(\S+) -->/.exec(body)?.[1];
  if (marker === undefined) return body;
  const words =
    body
      .replaceAll(/<!--.*?-->/gs, '')
      .trim()
      .split('\n')[0] ?? '';
  return `${marker.replaceAll(/\d+/g, 'N')}: ${nameless(words)}`;
}

/** Without dates, commits and other figures. */
const nameless = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{7,40}\b/g, 'SHA').replaceAll(/\d+(?:[.-]\d+)*/g, 'N');

function count(names: string[]): Counted {
  const counted: Counted = {};
  for (const name of [...names].sort()) counted[name] = (counted[name] ?? 0) + 1;
  return counted;
}
