import { branchOf } from './find-run.ts';
import type { WorkflowRun } from './records.ts';

/** `2026-01-01..2026-02-01`, `>=2026-01-01`, `<2026-01-01T12:00:00Z`, `2026-01-01`, as GitHub's search has dates. */
const isCreated = (run: WorkflowRun, wanted: string): boolean => {
  const at = Date.parse(run.createdAt);
  const from = (text: string): number => Date.parse(text);
  // a day without a time ends with its last second
  const to = (text: string): number => Date.parse(text) + (/^\d{4}-\d\d-\d\d$/.test(text) ? 86_399_000 : 0);
  const range = /^(.+)\.\.(.+)$/.exec(wanted);
  if (range) {
    const [, start = '', end = ''] = range;
    return (start === '*' || at >= from(start)) && (end === '*' || at <= to(end));
  }
  const compared = /^(>=|<=|>|<)(.+)$/.exec(wanted);
  if (!compared) return at >= from(wanted) && at <= to(wanted);
  const [, sign, date = ''] = compared;
  if (sign === '>=') return at >= from(date);
  if (sign === '>') return at > to(date);
  return sign === '<=' ? at <= to(date) : at < from(date);
};

/** Runs that fit the query of a list, newest first. */
export const selectRuns = (runs: WorkflowRun[], query: URLSearchParams): WorkflowRun[] => {
  const wants = (name: string, value: (run: WorkflowRun) => string) => (run: WorkflowRun) => {
    const wanted = query.get(name);
    return !wanted || value(run) === wanted;
  };
  const tests = [
    wants('event', (run) => run.event),
    wants('branch', (run) => branchOf(run.ref)),
    wants('head_sha', (run) => run.headSha),
    wants('actor', (run) => run.actor),
    wants('check_suite_id', (run) => String(run.checkSuiteId)),
    (run: WorkflowRun) => {
      const wanted = query.get('status');
      return !wanted || run.status === wanted || run.conclusion === wanted;
    },
    (run: WorkflowRun) => {
      const wanted = query.get('created');
      return !wanted || isCreated(run, wanted);
    },
  ];
  return runs.filter((run) => tests.every((test) => test(run))).sort((left, right) => right.id - left.id);
};
