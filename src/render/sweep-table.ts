import type { Job } from '../domain/jobs/job.ts';
import { sumSpent } from '../domain/jobs/spent.ts';
import { rankRuns, type SweepStep } from '../domain/sweep/step-sweep.ts';
import { figure, plural, seconds } from './format.ts';
import { code, escapeText, table } from './markdown.ts';
import type { SweepView } from './sweep.ts';
import { paramsText } from './sweep-text.ts';

type Run = SweepStep['runs'][number];

const MOST_ROWS = 100;

/** One row a trial, the best first: what it was given, what it came to in each rung, where it stands. */
export function sweepTable(view: SweepView): string {
  const { spec, step } = view.sweep;
  const rungs = [...new Set(step.runs.map(({ rung }) => rung))];
  const headers = ['Trial', 'Parameters', ...rungs.map((rung) => columnName(view, rung)), 'State', 'Time'];
  const trials = order(view).slice(0, MOST_ROWS);
  const rows = trials.map((index) => {
    const runs = step.runs.filter((run) => run.index === index);
    const last = runs.at(-1)!;
    const isBest = step.winner?.index === index;
    return [
      isBest ? `**${index + 1}**` : String(index + 1),
      code(paramsText(last.params, spec), 120),
      ...rungs.map((rung) =>
        value(
          view,
          runs.find((run) => run.rung === rung),
        ),
      ),
      isBest ? '🏆 best' : state(view, last),
      time(runs.flatMap(({ id }) => view.sweep.jobs[id] ?? [])),
    ];
  });
  const all = step.runs.filter(({ rung }) => rung === 0).length;
  const more = all > MOST_ROWS ? `\n\n${plural(all - MOST_ROWS, 'trial')} more are not listed.` : '';
  return `${table(headers, rows, `ll${'r'.repeat(rungs.length)}lr`)}${more}`;
}

function columnName({ sweep: { spec, step } }: SweepView, rung: number): string {
  const resource = step.runs.find((run) => run.rung === rung)?.resource;
  return resource === undefined || !spec.halving ? code(spec.metric) : code(`${spec.halving.param}=${resource}`);
}

/** Whoever got furthest, then by value; those without one as they are numbered, failed ones last. */
function order({ sweep: { spec, step } }: SweepView): number[] {
  const rungs = [...new Set(step.runs.map(({ rung }) => rung))].reverse();
  const ranked = rungs.flatMap((rung) =>
    rankRuns(
      step.runs.filter((run) => run.rung === rung),
      spec.goal,
    ),
  );
  const failed = step.runs.filter(({ result }) => result?.state === 'failed').map(({ index }) => index);
  const all = step.runs.filter(({ rung }) => rung === 0).map(({ index }) => index);
  const open = all.filter((index) => !failed.includes(index));
  return [
    ...new Set([...ranked.map(({ index }) => index).filter((index) => !failed.includes(index)), ...open, ...failed]),
  ];
}

function value({ sweep }: SweepView, run: Run | undefined): string {
  if (!run) return '';
  if (run.result?.state === 'done') return figure(run.result.value);
  const live = sweep.live[run.id];
  return live === undefined ? '' : `_${figure(live)}_`;
}

function state({ sweep: { step, jobs } }: SweepView, run: Run): string {
  if (run.result?.state === 'failed') return `failed: ${escapeText(run.result.reason, 200)}`;
  if (run.result?.state === 'running') return jobs[run.id]?.status === 'running' ? 'running' : 'queued';
  if (run.result?.state === 'done') {
    const isLast = run.rung === step.runs.at(-1)!.rung;
    return isLast ? 'done' : step.winner || step.runs.some(({ rung }) => rung > run.rung) ? 'stopped early' : 'done';
  }
  return 'to come';
}

function time(jobs: Job[]): string {
  const spent = sumSpent(jobs).seconds;
  return spent > 0 ? seconds(spent) : '';
}
