import { day, short } from './format.ts';
import { code, escapeText, table } from './markdown.ts';

export type PullCommentModel = {
  name: string;
  training: string;
  evaluation: string;
  gates: string;
};

export type PullCommentView = {
  headline: string;
  headSha: string;
  models: PullCommentModel[];
  /** Markdown: reports of what is still missing or went wrong. */
  reasons: string[];
  approvals: { by: string; stale: boolean }[];
  promoted: { model: string; version: string; url: string }[];
  refused: string[];
  notes: { at: number; text: string }[];
};

/** The one comment of a pull request, edited in place. */
export function renderPullComment(view: PullCommentView): string {
  const parts = [
    `### Sluice: ${view.headline}`,
    view.models.length > 0
      ? table(
          ['Model', 'Training', 'Evaluation', 'Gates'],
          view.models.map((model) => [code(model.name), model.training, model.evaluation, model.gates]),
        )
      : '',
    view.reasons.map((reason) => `- ${reason}`).join('\n'),
    view.promoted.length > 0
      ? `**Shipped:** ${view.promoted.map((one) => `[${escapeText(one.model)} v${one.version}](${one.url})`).join(', ')}`
      : '',
    view.refused.map((why) => `**Not shipped:** ${escapeText(why, 500)}`).join('\n\n'),
    view.approvals.length > 0
      ? `**Approved by** ${view.approvals.map((one) => `${code(one.by)}${one.stale ? ' (stale)' : ''}`).join(', ')}`
      : '',
    view.notes.length > 0
      ? `**What was asked**\n\n${view.notes.map((note) => `- ${day(note.at)} ${note.text}`).join('\n')}`
      : '',
    `<sub>For commit ${code(short(view.headSha))}. Say \`/help\` for what can be asked here.</sub>`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
