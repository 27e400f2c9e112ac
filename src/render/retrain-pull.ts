import type { WindowVerdict } from '../domain/drift/alert.ts';
import type { DataWindow } from '../domain/spec/valid.ts';
import { code, escapeText, table } from './markdown.ts';

export type RetrainPullView = {
  model: string;
  dataset: string;
  before: DataWindow;
  after: { from: string; to: string };
  monitor: string;
  issue?: number;
  last?: WindowVerdict;
};

/** Text of the pull request that a monitor opens: what moves, and why. */
export function renderRetrainPull(view: RetrainPullView): string {
  const reasons = view.last?.reasons ?? [];
  return [
    `Moves the window of the dataset ${code(view.dataset)}, so that ${code(view.model)} is trained on what production looks like now.`,
    table(
      ['', 'From', 'To'],
      [
        ['before', view.before.from, view.before.to],
        ['now', view.after.from, view.after.to],
      ],
    ),
    reasons.length > 0
      ? `The newest window of ${code(view.monitor)}:\n\n${reasons.map((why) => `- ${escapeText(why)}`).join('\n')}`
      : '',
    view.issue === undefined
      ? ''
      : `Asked for in #${view.issue}. That issue closes by itself when the monitor is quiet again.`,
    'Training, evaluation against the version in production and the gates follow here.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
