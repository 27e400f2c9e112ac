import type { Issue, IssueEvent, Review } from '../state.ts';
import { commentCard } from './comment-card.ts';
import { shaLink } from './commit-list.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { labelBadge } from './label-badge.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { renderMarkdown } from './render-markdown.ts';
import { timeElement } from './times.ts';

const eventIcons: Partial<Record<IssueEvent['event'], IconName>> = {
  merged: 'merged',
  closed: 'closed',
  reopened: 'issue',
  head_ref_pushed: 'commit',
  head_ref_force_pushed: 'commit',
  labeled: 'tag',
  unlabeled: 'tag',
};

const eventText = ({ repository, base }: RepositoryContext, { event, detail }: IssueEvent): Html => {
  const sha = (value: string | undefined) => value && shaLink(base, value);
  const first = Object.values(detail)[0] ?? '';
  const label = () =>
    labelBadge(repository.labels.find((each) => each.name === first) ?? { name: first, color: '888888' });
  switch (event) {
    case 'merged':
      return html`merged this as ${sha(detail.commit)}`;
    case 'head_ref_pushed':
      return html`pushed ${sha(detail.after)}`;
    case 'head_ref_force_pushed':
      return html`force-pushed from ${sha(detail.before)} to ${sha(detail.after)}`;
    case 'head_ref_deleted':
      return html`deleted the head branch`;
    case 'labeled':
      return html`added ${label()}`;
    case 'unlabeled':
      return html`removed ${label()}`;
    case 'renamed':
      return html`changed the title to “${detail.to ?? first}”`;
    case 'assigned':
    case 'unassigned':
      return html`${event} ${first}`;
    case 'converted_to_draft':
      return html`made this a draft`;
    case 'ready_for_review':
      return html`marked this as ready for review`;
    case 'base_ref_changed':
      return html`changed the base branch ${Object.values(detail).join(' → ')}`;
    default:
      return html`${event} this`;
  }
};

const eventRow = (context: RepositoryContext, event: IssueEvent): Html =>
  html`<div class="event">${icon(eventIcons[event.event] ?? 'bell')}<span>${loginLink(event.actor)} ${eventText(context, event)} ${timeElement(event.createdAt, context.now)}</span></div>`;

const reviewWords = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'reviewed',
};

const reviewRow = ({ repository, now }: RepositoryContext, review: Review): Html =>
  html`<div class="event">${icon(review.state === 'APPROVED' ? 'success' : 'comment')}<span>${loginLink(review.author)} ${reviewWords[review.state]} ${timeElement(review.submittedAt, now)}
${review.body && html`<div class="md">${renderMarkdown(review.body, { repository: repository.fullName, breaks: true })}</div>`}</span></div>`;

/** The description, then comments, reviews and what happened, in the order of time. */
export const timeline = (context: RepositoryContext, issue: Issue): Html => {
  const comments = context.repository.comments.filter((comment) => comment.issueNumber === issue.number);
  // A merge closes too; saying it twice helps nobody.
  const events = issue.events.filter((event) => !(event.event === 'closed' && event.detail.commit));
  const items = [
    ...comments.map((comment) => ({
      at: comment.createdAt,
      id: comment.id,
      piece: commentCard(context, { ...comment, anchor: `issuecomment-${comment.id}`, verb: 'commented' }),
    })),
    ...events.map((event) => ({ at: event.createdAt, id: event.id, piece: eventRow(context, event) })),
    ...(issue.pull?.reviews ?? []).map((review) => ({
      at: review.submittedAt,
      id: review.id,
      piece: reviewRow(context, review),
    })),
  ].sort((left, right) => (left.at === right.at ? left.id - right.id : left.at < right.at ? -1 : 1));
  return html`<div class="timeline">${commentCard(context, { ...issue, verb: 'opened this', updatedAt: undefined })}${items.map((item) => item.piece)}</div>`;
};
