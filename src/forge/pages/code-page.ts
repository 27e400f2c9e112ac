import { listCommits, readCommits } from '../git/commits.ts';
import { isBinary, readObject } from '../git/read-objects.ts';
import { listRefs } from '../git/refs.ts';
import { listTree, type TreeEntry } from '../git/trees.ts';
import { encodePath } from '../objects/urls.ts';
import { commitList, shaLink } from './commit-list.ts';
import { counted } from './counted.ts';
import { type GitLocation, readText } from './git-location.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { PageNotFound } from './not-found.ts';
import type { RepositoryContext } from './page-context.ts';
import { renderMarkdown } from './render-markdown.ts';

const crumbs = ({ base, repository }: RepositoryContext, { ref, path }: GitLocation): Html => {
  const parts = path.split('/').filter(Boolean);
  const links = parts.map((part, index) => {
    const href = `${base}/tree/${encodePath(ref)}/${encodePath(parts.slice(0, index + 1).join('/'))}`;
    return index === parts.length - 1 ? html` / <strong>${part}</strong>` : html` / <a href="${href}">${part}</a>`;
  });
  return html`<div class="row"><span class="pill">${icon('branch')}${ref}</span><div class="grow"><a href="${base}/tree/${encodePath(ref)}">${repository.name}</a>${links}</div></div>`;
};

const size = (bytes: number | undefined): string =>
  bytes === undefined
    ? ''
    : bytes < 1024
      ? `${bytes} B`
      : bytes < 1_048_576
        ? `${(bytes / 1024).toFixed(1)} kB`
        : `${(bytes / 1_048_576).toFixed(1)} MB`;

const entryRow = ({ base }: RepositoryContext, { ref, path }: GitLocation, entry: TreeEntry): Html => {
  const isTree = entry.type === 'tree';
  const full = encodePath(path ? `${path}/${entry.path}` : entry.path);
  return html`<li>${icon(isTree ? 'folder' : 'file')}<a class="grow" href="${base}/${isTree ? 'tree' : 'blob'}/${encodePath(ref)}/${full}">${entry.path}</a><span class="small">${size(entry.size)}</span></li>`;
};

const readme = async (context: RepositoryContext, at: GitLocation, entries: TreeEntry[]): Promise<Html | undefined> => {
  const entry = entries.find((each) => /^readme\.md$/i.test(each.path));
  const path = entry && (at.path ? `${at.path}/${entry.path}` : entry.path);
  const text = path && (await readText(context.repository, at.sha, path));
  if (!text) return undefined;
  return html`<section class="card"><header>${icon('book')} ${entry.path}</header><div class="body md">${markdownFile(context, at, path, text)}</div></section>`;
};

const markdownFile = ({ base, repository }: RepositoryContext, at: GitLocation, path: string, text: string): Html => {
  const folder = encodePath(path.split('/').slice(0, -1).join('/'));
  const below = (kind: string): string => `${base}/${kind}/${encodePath(at.ref)}/${folder ? `${folder}/` : ''}`;
  return renderMarkdown(text, { repository: repository.fullName, base: below('blob'), imageBase: below('raw') });
};

export const renderTreePage = async (context: RepositoryContext, at: GitLocation): Promise<Html> => {
  const { repository, base, state } = context;
  const entries = await listTree(repository.gitDir, `${at.sha}:${at.path}`);
  if (!entries) throw new PageNotFound();
  const sorted = [...entries].sort(
    (a, b) => Number(b.type === 'tree') - Number(a.type === 'tree') || (a.path < b.path ? -1 : 1),
  );
  const shas = await listCommits(repository.gitDir, ['--max-count=1', at.sha, ...(at.path ? ['--', at.path] : [])]);
  const [refs, latest, about] = await Promise.all([
    listRefs(repository.gitDir, 'refs/heads', 'refs/tags'),
    readCommits(repository.gitDir, shas),
    readme(context, at, entries),
  ]);
  const count = (prefix: string): number => refs.filter((ref) => ref.name.startsWith(prefix)).length;
  const files = html`<div class="card"><ul class="list dense">${sorted.map((entry) => entryRow(context, at, entry))}</ul></div>`;
  const history = html`<a href="${base}/commits/${encodePath(at.ref)}">History</a>`;
  if (at.path)
    return html`${crumbs(context, at)}<div class="row">${history}</div>${commitList(context, latest)}${files}${about}`;
  return html`<div class="split"><div>
<div class="row"><span class="pill">${icon('branch')}${at.ref}</span><a href="${base}/branches">${counted(count('refs/heads/'), 'branch')}</a><a href="${base}/tags">${counted(count('refs/tags/'), 'tag')}</a><span class="grow"></span>${history}</div>
${commitList(context, latest)}${files}${about}</div>
<aside class="side"><section><h2>About</h2><p>${repository.description ?? 'No description.'}</p></section>
<section><h2>Clone</h2><div class="clone">${state.url}${base}.git</div></section>
<section><h2>Latest release</h2>${latestRelease(context)}</section></aside></div>`;
};

const latestRelease = ({ repository, base }: RepositoryContext): Html => {
  const release = repository.releases.filter((each) => !each.draft).at(-1);
  if (!release) return html`<span class="muted">None yet.</span>`;
  return html`<a href="${base}/releases/tag/${encodePath(release.tagName)}">${icon('tag')} ${release.name ?? release.tagName}</a>`;
};

export const renderBlobPage = async (context: RepositoryContext, at: GitLocation): Promise<Html> => {
  const { repository, base } = context;
  const object = await readObject(repository.gitDir, `${at.sha}:${at.path}`);
  if (object?.type !== 'blob') throw new PageNotFound();
  const { content } = object;
  const raw = `${base}/raw/${encodePath(at.ref)}/${encodePath(at.path)}`;
  const head = html`<header><span>${size(content.length)}</span><span class="grow"></span><a href="${raw}">Raw</a></header>`;
  const top = crumbs(context, at);
  if (/\.(png|jpe?g|gif|svg|webp)$/i.test(at.path)) {
    return html`${top}<section class="card">${head}<div class="body"><figure><img src="${raw}" alt="${at.path}"></figure></div></section>`;
  }
  if (isBinary(content)) return html`${top}<section class="card">${head}<p class="empty">A binary file.</p></section>`;
  if (/\.(md|markdown)$/i.test(at.path) && !context.request.query.has('plain')) {
    const rendered = markdownFile(context, at, at.path, content.toString());
    return html`${top}<section class="card">${head}<div class="body md">${rendered}</div></section>`;
  }
  return html`${top}<section class="card">${head}${numberedLines(content.toString())}</section>`;
};

const numberedLines = (text: string): Html => {
  const rows = text.replace(/\n$/, '').split('\n').slice(0, 20_000);
  return html`<div class="scroll"><table class="lines">${rows.map(
    (line, index) =>
      html`<tr id="L${index + 1}"><td class="no"><a href="#L${index + 1}">${index + 1}</a></td><td>${line}</td></tr>`,
  )}</table></div>`;
};

export const renderHistoryPage = async (context: RepositoryContext, at: GitLocation): Promise<Html> => {
  const { repository } = context;
  const shas = await listCommits(repository.gitDir, ['--max-count=100', at.sha, ...(at.path ? ['--', at.path] : [])]);
  return html`${crumbs(context, at)}<h1>Commits</h1>${commitList(context, await readCommits(repository.gitDir, shas))}`;
};

export const renderRefsPage = async (
  { repository, base }: RepositoryContext,
  kind: 'branches' | 'tags',
): Promise<Html> => {
  const prefix = kind === 'branches' ? 'refs/heads' : 'refs/tags';
  const refs = await listRefs(repository.gitDir, prefix);
  const rows = refs.map(({ name, sha, type }) => {
    const short = name.slice(prefix.length + 1);
    const isDefault = kind === 'branches' && short === repository.defaultBranch;
    return html`<li>${icon(kind === 'tags' ? 'tag' : 'branch')}<a class="grow title" href="${base}/tree/${encodePath(short)}">${short}</a>${
      isDefault && html`<span class="pill">default</span>`
    }${type === 'commit' ? shaLink(base, sha) : html`<span class="pill">annotated</span>`}</li>`;
  });
  const list = rows.length > 0 ? html`<ul class="list dense">${rows}</ul>` : html`<p class="empty">None yet.</p>`;
  return html`<h1>${kind === 'tags' ? 'Tags' : 'Branches'}</h1><div class="card">${list}</div>`;
};
