import type { Issues, RepositoryRef } from '../../ports/github.ts';
import { cutText } from './cut-text.ts';
import type { AppIdentity } from './identity.ts';
import { withMarker } from './marker.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

type Wanted = Parameters<Issues['upsert']>[1];
type Issue = Awaited<ReturnType<Octokit['rest']['issues']['get']>>['data'];

const longestBody = 65_535;
/** Never there, or deleted. */
const nowhere = [404, 410];
const labelsOf = (issue: Issue): string[] =>
  issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')));

/** After a renaming it says no as well, and the issue is found by its marker. */
const isOf = (url: string, { owner, name }: RepositoryRef): boolean =>
  url.toLowerCase().endsWith(`/repos/${owner}/${name}`.toLowerCase());

/** What is to be kept is not even sent: people may close it between our reading and our writing. */
function stateChange(issue: Issue, state: Wanted['state']) {
  if (state === 'kept') return {};
  return state === 'closed' && issue.state !== 'closed' ? { state, state_reason: 'completed' as const } : { state };
}

async function findIssue(octokit: Octokit, repository: RepositoryRef, marker: string, identity: AppIdentity) {
  const pages = octokit.paginate.iterator(octokit.rest.issues.listForRepo, {
    owner: repository.owner,
    repo: repository.name,
    creator: await identity.login(),
    state: 'all',
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find((issue) => !issue.pull_request && issue.body?.includes(marker));
    if (found) return found.number;
  }
  return undefined;
}

export function createIssues(access: GitHubAccess, identity: AppIdentity): Issues {
  const upsert = async (repository: RepositoryRef, wanted: Wanted): ReturnType<Issues['upsert']> => {
    const octokit = await access.octokitFor(repository.installationId);
    const { rest } = octokit;
    const at = { owner: repository.owner, repo: repository.name };
    const { marker, text } = withMarker(wanted.marker, wanted.body);
    const body = cutText(text, longestBody, '\n\n…');
    const title = cutText(wanted.title, 256);

    /** Labels that people added stay; an issue that says it all already is not touched, so that nobody is notified. */
    const edit = async (number: number, isOurs = (_: Issue) => true) => {
      const current = await unless(nowhere, undefined, () => rest.issues.get({ ...at, issue_number: number }));
      if (!current || !isOurs(current.data)) return undefined;
      const issue = current.data;
      const labels = [...new Set([...labelsOf(issue), ...wanted.labels])];
      const says = issue.title === title && issue.body === body && labels.length === issue.labels.length;
      const isSame = says && (wanted.state === 'kept' || issue.state === wanted.state);
      const change = { ...at, issue_number: number, title, body, labels, ...stateChange(issue, wanted.state) };
      const { data } = isSame ? current : await rest.issues.update(change);
      return { number: data.number, url: data.html_url, state: data.state as 'open' | 'closed' };
    };

    // One that was transferred is answered as what it is now, of another repository.
    const stayed = ({ number, repository_url }: Issue) =>
      number === wanted.knownNumber && isOf(repository_url, repository);
    const known = wanted.knownNumber === undefined ? undefined : await edit(wanted.knownNumber, stayed);
    if (known) return known;
    const number = await findIssue(octokit, repository, marker, identity);
    const found = number === undefined ? undefined : await edit(number);
    if (found) return found;
    const { labels, assignees } = wanted;
    const { data } = await rest.issues.create({ ...at, title, body, labels, assignees, ...once });
    const state = wanted.state === 'closed' ? 'closed' : 'open';
    if (state === 'closed') await edit(data.number);
    return { number: data.number, url: data.html_url, state };
  };

  return {
    upsert: (repository, wanted) => doing(`writing the issue "${wanted.title}"`, () => upsert(repository, wanted)),
  };
}
