/** Text of the pull request that takes what production looks like now as the new reference. */
import type { Monitor } from '../domain/spec/valid-monitor.ts';
import type { DriftWindow } from './drift-view.ts';
import { count, plural } from './format.ts';
import { code, escapeText, table } from './markdown.ts';

export type AcceptPullView = {
  monitor: string;
  before: Monitor['reference'];
  after: { from: string; to: string };
  issue: number | undefined;
  /** That make up the new reference, oldest first. */
  windows: DriftWindow[];
};

export function renderAcceptPull({ monitor, before, after, issue, windows }: AcceptPullView): string {
  const rows = windows.reduce((sum, window) => sum + window.rows, 0);
  const reasons = windows.findLast(({ verdict }) => verdict.verdict === 'bad')?.verdict.reasons ?? [];
  const old = before === 'training' ? ['what the live version was trained on', ''] : [before.from, before.to];
  return [
    `From now on ${code(monitor)} compares production with what it looked like from ${after.from} to ${after.to}: ${plural(windows.length, 'window')}, ${count(rows)} rows.`,
    table(
      ['Reference', 'From', 'To'],
      [
        ['before', ...old],
        ['now', after.from, after.to],
      ],
    ),
    reasons.length > 0
      ? `What is accepted with it, and will raise no alarm any more:\n\n${reasons.map((why) => `- ${escapeText(why, 600)}`).join('\n')}`
      : '',
    'The model stays as it is: whether it is still good on such data is for its metrics to say, whose promises are those of its evaluation as before. A version that is trained later is compared with its own training until it has answered in these days.',
    issue === undefined ? '' : `Asked for in #${issue}, which closes when this is merged and nothing else is wrong.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
