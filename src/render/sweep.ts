import { isFinished, type Job, type JobEvent } from '../domain/jobs/job.ts';
import { sumSpent } from '../domain/jobs/spent.ts';
import type { Sweep } from '../domain/spec/valid.ts';
import { rankRuns, type SweepStep } from '../domain/sweep/step-sweep.ts';
import type { SweepSize } from '../domain/sweep/sweep-size.ts';
import { figure, plural, short, spentText } from './format.ts';
import { code, escapeText } from './markdown.ts';
import type { Picture, Pictures } from './pictures.ts';
import type { CheckText } from './plan-check.ts';
import { sweepPlots } from './sweep-plots.ts';
import { sweepTable } from './sweep-table.ts';
import { paramsText } from './sweep-text.ts';
import { artifactTable, logText } from './train-check.ts';

export type SweepView = {
  model: string;
  fingerprint: string;
  runner: string;
  reused: boolean;
  artifact?: { digest: string; files: { path: string; digest: string; size: number }[] };
  /** Of the winner; before there is one, of a trial that runs. */
  log: JobEvent[];
  ahead: number;
  sweep: {
    spec: Sweep;
    size: SweepSize;
    step: SweepStep;
    jobs: Record<string, Job>;
    shown?: string;
    live: Record<string, number>;
    curves: { id: string; points: [step: number, value: number][] }[];
  };
  /** Nothing more will be started. */
  stopped: boolean;
};

/** Where the trials stand, live; at the end who won, and what came out under which digest. */
export function renderSweepCheck(view: SweepView, pictures: Pictures): CheckText & { images: Picture[] } {
  const { size, step } = view.sweep;
  const shown = step.runs.find(({ id }) => id === view.sweep.shown);
  const plots = sweepPlots(view, pictures);
  const jobs = Object.values(view.sweep.jobs);
  const ended = jobs.filter(isFinished);
  const summary = [
    view.reused && view.artifact
      ? `**Reused.** The inputs are those of an earlier sweep, so is the artifact: same fingerprint ${code(short(view.fingerprint))}.`
      : '',
    `${size.text}${step.runs.length > size.trials || size.runs > size.trials ? `: ${plural(size.runs, 'training')}` : ''}. ${standing(view)}`,
    view.artifact ? artifactTable(view.artifact.files) : '',
    view.artifact ? `Artifact ${code(view.artifact.digest)}` : '',
    ended.length > 0 && !view.reused
      ? `Runner ${code(view.runner)}: ${spentText(sumSpent(ended))} for ${plural(ended.length, 'training')}.`
      : '',
    jobs.length > 0 ? sweepTable(view) : '',
    plots.map((picture) => `![${picture.alt}](${picture.url})`).join('\n\n'),
  ];
  return {
    title: title(view).slice(0, 200),
    summary: summary.filter((part) => part !== '').join('\n\n'),
    text: logText(view.log, shown ? ` of trial ${shown.index + 1}` : ''),
    images: plots,
  };
}

function title(view: SweepView): string {
  const { step, size, spec, jobs } = view.sweep;
  if (view.artifact && view.reused) return `Reused: fingerprint ${short(view.fingerprint)} was swept before`;
  if (step.winner) return `Best of ${plural(size.trials, 'trial')}: ${said(view, step.winner)}`;
  if (step.failed !== undefined) return `Sweep failed: ${step.failed}`;
  const rung = step.runs.at(-1)!.rung;
  const present = step.runs.filter((run) => run.rung === rung);
  const ended = present.filter(({ result }) => result && result.state !== 'running').length;
  const count = `${ended} of ${plural(present.length, 'trial')} done`;
  const where = spec.halving ? `, ${spec.halving.param} ${present[0]!.resource}` : '';
  if (view.stopped) return `Cancelled: ${count}`;
  if (Object.keys(jobs).length === 0) return 'Waiting to start';
  if (rung === 0 && !Object.values(jobs).some(({ status }) => status !== 'queued')) {
    return view.ahead > 0 ? `Queued: ${plural(view.ahead, 'job')} ahead` : `Queued: ${plural(size.trials, 'trial')}`;
  }
  const best = bestSoFar(view);
  return `Sweep: ${count}${where}${best ? `, best ${said(view, best)}` : ''}`;
}

/** The same at more length, as Markdown. */
function standing(view: SweepView): string {
  const { spec, step } = view.sweep;
  if (step.failed !== undefined) return `**No trial is left**: ${escapeText(step.failed, 1000)}.`;
  const best = bestSoFar(view);
  if (!best) return `The ${spec.goal === 'maximize' ? 'highest' : 'lowest'} ${code(spec.metric)} wins.`;
  const by = `${code(spec.metric)} ${figure(best.value)} at ${code(paramsText(best.params, spec))} (trial ${best.index + 1})`;
  if (!step.winner) return `Best so far: ${by}.`;
  const failed = step.runs.filter(({ result }) => result?.state === 'failed').length;
  return `The best is the candidate: ${by}.${failed > 0 ? ` ${plural(failed, 'training')} failed.` : ''}`;
}

const said = ({ sweep: { spec } }: SweepView, run: { value: number; params: SweepStep['runs'][number]['params'] }) =>
  `${spec.metric} ${figure(run.value)} at ${paramsText(run.params, spec)}`;

/** Of the newest rung in which somebody has a value. */
function bestSoFar({ sweep: { spec, step } }: SweepView) {
  if (step.winner) return step.winner;
  const done = step.runs.filter(({ result }) => result?.state === 'done');
  const rung = Math.max(...done.map((run) => run.rung));
  return rankRuns(
    done.filter((run) => run.rung === rung),
    spec.goal,
  )[0];
}
