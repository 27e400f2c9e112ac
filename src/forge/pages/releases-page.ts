import { encodePath } from '../objects/urls.ts';
import type { Release } from '../state.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';
import { avatar, loginLink } from './people.ts';
import { renderMarkdown } from './render-markdown.ts';
import { timeElement } from './times.ts';

const releaseCard = ({ base, repository, now }: RepositoryContext, release: Release, isLatest: boolean): Html => {
  const tag = encodePath(release.tagName);
  const body = release.body
    ? renderMarkdown(release.body, { repository: repository.fullName, breaks: true })
    : undefined;
  return html`<article class="card"><header>${icon('tag')}<a class="title strong" href="${base}/releases/tag/${tag}">${release.name ?? release.tagName}</a>
${isLatest && html`<span class="state success">Latest</span>`}${release.draft && html`<span class="pill">draft</span>`}${release.prerelease && html`<span class="pill">pre-release</span>`}
<span class="muted">${avatar(release.author)} ${loginLink(release.author)} ${timeElement(release.publishedAt ?? release.createdAt, now)} · <a class="mono" href="${base}/tree/${tag}">${release.tagName}</a></span></header><div class="body md">${body ?? html`<p class="muted">No notes.</p>`}</div></article>`;
};

/** All releases, newest first, or the one of a tag. */
export const renderReleasesPage = (context: RepositoryContext, releases: Release[]): Html => {
  const latest = context.repository.releases.filter((release) => !release.draft && !release.prerelease).at(-1);
  const cards = [...releases].reverse().map((release) => releaseCard(context, release, release === latest));
  return html`<h1>Releases</h1>${cards.length > 0 ? cards : html`<div class="card"><p class="empty">No releases yet.</p></div>`}`;
};
