import type { DataReport } from '../domain/data/data-report.ts';
import type { Job } from '../domain/jobs/job.ts';
import { count, figure, plural } from './format.ts';
import { code, escapeText, table } from './markdown.ts';
import type { CheckText } from './plan-check.ts';

/** Columns marked private show counts only, never values. */
export function renderDataCheck(name: string, report: DataReport, privateColumns: Set<string>): CheckText {
  const rows = report.columns.map((column) => [
    code(column.name),
    column.type,
    count(column.nulls),
    count(column.distinct),
    privateColumns.has(column.name) ? 'private' : escapeText(column.min ?? ''),
    privateColumns.has(column.name) ? 'private' : escapeText(column.max ?? ''),
    ...(report.previousRows === undefined ? [] : [column.drift === undefined ? 'new' : figure(column.drift)]),
  ]);
  const headers = [
    'Column',
    'Type',
    'NULL',
    'Distinct',
    'Least',
    'Greatest',
    ...(report.previousRows === undefined ? [] : ['Distance to before']),
  ];
  const summary = [
    `${plural(report.rows, 'row')}${report.previousRows === undefined ? '' : ` (before: ${count(report.previousRows)})`}; ${report.splits
      .map((split) => `${escapeText(split.name)} ${count(split.rows)}`)
      .join(', ')}.`,
    report.violations.length > 0
      ? `**Rules broken**\n\n${report.violations.map((why) => `- ${escapeText(why, 500)}`).join('\n')}`
      : 'All declared rules hold.',
    report.schemaChanges.length > 0
      ? `**Schema**\n\n${report.schemaChanges.map((why) => `- ${escapeText(why, 500)}`).join('\n')}`
      : '',
    table(headers, rows, 'llrrrrr'),
    report.previousRows === undefined
      ? ''
      : 'Distance: the largest gap between the two cumulative distributions (numbers) or shares (categories), 0 to 1.',
  ];
  return {
    title:
      report.violations.length > 0
        ? `${plural(report.violations.length, 'rule')} of ${name} broken`
        : `${plural(report.rows, 'row')}, all rules hold`,
    summary: summary.filter((part) => part !== '').join('\n\n'),
  };
}

const oneLine = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/** While there is no report. */
export function renderJobWait(job: Job | undefined, doing: string, ahead: number): CheckText {
  if (!job) return { title: `Waiting to start`, summary: `${doing} starts as soon as what it needs is there.` };
  if (job.status === 'queued') {
    return {
      title: job.waitingFor
        ? `Waiting: ${oneLine(job.waitingFor)}`
        : ahead > 0
          ? `Queued: ${plural(ahead, 'job')} ahead`
          : 'Queued',
      summary: job.waitingFor
        ? `Handed to the runner ${code(job.runner)}, which says: ${escapeText(job.waitingFor, 1000)}.`
        : `Waiting for the runner ${code(job.runner)}${ahead > 0 ? `, ${plural(ahead, 'job')} ahead` : ''}.`,
    };
  }
  if (job.status === 'failed') {
    return { title: `${doing} failed`, summary: escapeText(job.error?.message ?? 'No reason was reported.', 2000) };
  }
  if (job.status === 'cancelled') return { title: 'Cancelled', summary: 'Cancelled; `/retrain` starts again.' };
  if (job.status === 'succeeded')
    return { title: `${doing} failed`, summary: 'It ended without handing in what it was for.' };
  return {
    title: `${doing}…`,
    summary: `Running on ${code(job.runner)}${job.attempt > 1 ? `, attempt ${job.attempt}` : ''}.`,
  };
}
