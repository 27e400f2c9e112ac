import type { PullFacts } from '../actions/pull-facts.ts';
import { atLeast, effectiveRole, type PullIssue } from '../find.ts';
import { latestRuns, runIcon, runWord, summarizeRuns } from './check-state.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';

const checkRows = ({ repository, base }: RepositoryContext, pull: PullIssue): Html | undefined => {
  const runs = latestRuns(repository, pull.pull.headSha);
  const summary = summarizeRuns(runs);
  if (!summary) return undefined;
  return html`<header>${icon(summary.icon)}<strong>Checks</strong><span class="muted">${summary.text}</span></header>
<ul class="list dense">${runs.map(
    (run) =>
      html`<li>${icon(runIcon(run), runWord(run))}<div class="grow"><a class="title" href="${base}/pull/${pull.number}/checks?check_run_id=${run.id}">${run.name}</a> <span class="muted">${run.output.title ?? runWord(run)}</span></div></li>`,
  )}</ul>`;
};

const mergeability = (facts: PullFacts, draft: boolean): { tone: 'success' | 'failure' | 'queued'; text: string } => {
  if (draft) return { tone: 'queued', text: 'This is a draft.' };
  if (facts.mergeable) return { tone: 'success', text: 'No conflicts with the base branch.' };
  return { tone: 'failure', text: 'This branch has conflicts with the base branch.' };
};

/** Checks of the head and, to who may, the button. On GitHub failing checks only block where branch protection says so. */
export const mergeBox = (context: RepositoryContext, pull: PullIssue, facts: PullFacts): Html | undefined => {
  const { base, request, state, repository } = context;
  const checks = checkRows(context, pull);
  if (pull.state === 'closed') return checks && html`<section class="card" aria-label="Checks">${checks}</section>`;
  const { tone, text } = mergeability(facts, pull.pull.draft);
  const may = request.viewer !== undefined && atLeast(effectiveRole(state, repository, request.viewer), 'write');
  return html`<section class="card" aria-label="Merge">${checks}<div class="body"><div class="row">${icon(tone)} <span class="grow">${text}</span></div>
${
  may
    ? html`<form class="actions" method="post" action="${base}/pull/${pull.number}/merge"><input type="hidden" name="return_to" value="${request.path}">
<button class="primary" ${!facts.mergeable && html`disabled`}>Merge pull request</button><label><span class="muted">as</span> <select name="merge_method" aria-label="Merge method"><option value="merge">merge commit</option><option value="squash">squash</option><option value="rebase">rebase</option></select></label></form>`
    : html`<p class="muted">Only those with write access can merge.</p>`
}</div></section>`;
};
