import { readCommit } from '../git/commits.ts';
import { diffFiles } from '../git/diff.ts';
import { checksBadge, shaLink } from './commit-list.ts';
import { diffView } from './diff-view.ts';
import { type Html, html } from './html.ts';
import { PageNotFound } from './not-found.ts';
import type { RepositoryContext } from './page-context.ts';
import { avatar } from './people.ts';
import { timeElement } from './times.ts';

/** The tree that a first commit is compared with: git's name of the empty one. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export const renderCommitPage = async (context: RepositoryContext, sha: string): Promise<Html> => {
  const { repository, base, now } = context;
  const commit = await readCommit(repository.gitDir, sha);
  if (!commit) throw new PageNotFound();
  const [title = '', ...rest] = commit.message.split('\n');
  const files = await diffFiles(repository.gitDir, commit.parents[0] ?? emptyTree, sha);
  return html`<h1>${title} ${checksBadge(context, sha)}</h1>
<div class="card"><div class="body">${rest.some(Boolean) && html`<pre class="md">${rest.join('\n').trim()}</pre>`}
<p class="small">${avatar(commit.author.name)} ${commit.author.name} committed ${timeElement(commit.committer.date, now)}</p>
<dl class="facts"><dt>Commit</dt><dd class="mono">${sha}</dd><dt>Tree</dt><dd class="mono">${commit.tree}</dd><dt>Parents</dt><dd>${commit.parents.map((parent) => html`${shaLink(base, parent)} `)}</dd></dl>
<p><a href="${base}/tree/${sha}">Browse files</a></p></div></div>
${diffView(files, `${base}/blob/${sha}`)}`;
};
