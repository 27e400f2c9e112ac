import { pullFacts } from '../actions/pull-facts.ts';
import { atLeast, effectiveRole, type PullIssue, repositoryById } from '../find.ts';
import { readCommits } from '../git/commits.ts';
import { latestRuns } from './check-state.ts';
import { renderChecks } from './checks-view.ts';
import { commentForm } from './comment-form.ts';
import { commitList } from './commit-list.ts';
import { counted } from './counted.ts';
import { diffView } from './diff-view.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { issueState } from './issue-list.ts';
import { issueSide } from './issue-page.ts';
import { mergeBox } from './merge-box.ts';
import { PageNotFound } from './not-found.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { timeline } from './timeline.ts';

type Section = 'conversation' | 'commits' | 'files' | 'checks';

export const renderPullPage = async (context: RepositoryContext, pull: PullIssue, section: string): Promise<Html> => {
  const facts = await pullFacts(context.world, context.repository, pull);
  const runs = latestRuns(context.repository, pull.pull.headSha);
  const { word, icon: name } = issueState(pull);
  const href = `${context.base}/pull/${pull.number}`;
  const head = repositoryById(context.state, pull.pull.headRepositoryId);
  const isFork = head.id !== context.repository.id;
  const tab = (id: Section, label: string, count?: number): Html =>
    html`<a href="${id === 'conversation' ? href : `${href}/${id}`}" ${id === section && html`aria-current="page"`}>${label}${count !== undefined && html` <span class="count">${count}</span>`}</a>`;
  const verb = pull.pull.merged ? 'merged' : 'wants to merge';
  return html`<h1>${pull.title} <span class="muted">#${pull.number}</span></h1>
<div class="row"><span class="state ${word}">${icon(name)} ${word}</span><span class="muted grow">${loginLink(pull.pull.mergedBy ?? pull.author)} ${verb} ${counted(facts.commits.length, 'commit')} into <span class="pill mono">${pull.pull.baseRef}</span> from <span class="pill mono">${isFork && `${head.owner}:`}${pull.pull.headRef}</span></span></div>
<nav class="tabs subtabs" aria-label="Pull request">${tab('conversation', 'Conversation')}${tab('commits', 'Commits', facts.commits.length)}${tab('checks', 'Checks', runs.length)}${tab('files', 'Files changed', facts.files.length)}</nav>
${await sectionBody(context, pull, section, facts)}`;
};

const sectionBody = async (
  context: RepositoryContext,
  pull: PullIssue,
  section: string,
  facts: Awaited<ReturnType<typeof pullFacts>>,
): Promise<Html> => {
  const { repository, base } = context;
  const sha = pull.pull.headSha;
  switch (section) {
    case 'conversation':
      return html`<div class="split"><div>${timeline(context, pull)}${mergeBox(context, pull, facts)}${commentForm(context, pull)}</div>
<aside class="side">${reviewers(context, pull)}${issueSide(context, pull)}</aside></div>`;
    case 'commits':
      return commitList(context, await readCommits(repository.gitDir, facts.commits));
    case 'files': {
      const notes = latestRuns(repository, sha).flatMap((run) =>
        run.output.annotations.map((annotation) => ({ annotation, checkName: run.name })),
      );
      return diffView(facts.files, `${base}/blob/${sha}`, notes);
    }
    case 'checks':
      return renderChecks(context, sha, `${base}/pull/${pull.number}/checks`);
    default:
      throw new PageNotFound();
  }
};

const reviewers = ({ state, repository }: RepositoryContext, pull: PullIssue): Html => {
  const latest = new Map(pull.pull.reviews.map((review) => [review.author, review]));
  const rows = [...latest.values()].map((review) => {
    const counts = atLeast(effectiveRole(state, repository, review.author), 'write');
    return html`<div>${icon(review.state === 'APPROVED' ? 'success' : review.state === 'CHANGES_REQUESTED' ? 'failure' : 'neutral', review.state.toLowerCase())} ${loginLink(review.author)}${!counts && html` <span class="muted">(no write access)</span>`}</div>`;
  });
  return html`<section><h2>Reviews</h2>${rows.length > 0 ? rows : html`<span class="muted">None</span>`}</section>`;
};
