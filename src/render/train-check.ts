import type { Job, JobEvent } from '../domain/jobs/job.ts';
import { spentOf } from '../domain/jobs/spent.ts';
import { lineChart } from './chart.ts';
import { renderJobWait } from './data-check.ts';
import { bytes, figure, seconds, short, spentText } from './format.ts';
import { code, codeBlock, escapeText, fold, table } from './markdown.ts';
import type { Picture, Pictures } from './pictures.ts';
import type { CheckText } from './plan-check.ts';

export type TrainView = {
  model: string;
  fingerprint: string;
  job?: Job;
  reused: boolean;
  artifact?: { digest: string; files: { path: string; digest: string; size: number }[] };
  log: JobEvent[];
  curve: JobEvent[];
  ahead: number;
};

/** Live progress, the curve, the log's end; at the end what came out, under which digest. */
export function renderTrainCheck(view: TrainView, pictures: Pictures): CheckText & { images: Picture[] } {
  const { job } = view;
  const curve = renderCurve(view, pictures);
  const waiting = renderJobWait(job, 'Training', view.ahead);
  const title = view.artifact && job ? finishedTitle(view, job) : (progressTitle(view) ?? waiting.title);
  const summary = [
    view.reused && view.artifact && job
      ? `**Reused.** The inputs are those of an earlier training (commit ${code(short(job.sha))}), so is the artifact: same fingerprint ${code(short(view.fingerprint))}.`
      : '',
    view.artifact ? artifactTable(view.artifact.files) : waiting.summary,
    view.artifact ? `Artifact ${code(view.artifact.digest)}` : '',
    price(view),
    curve.length > 0 ? curve.map((picture) => `![${picture.alt}](${picture.url})`).join('\n\n') : '',
  ];
  return { title, summary: summary.filter((part) => part !== '').join('\n\n'), text: logText(view.log), images: curve };
}

function finishedTitle(view: TrainView, job: Job): string {
  if (view.reused) return `Reused: fingerprint ${short(view.fingerprint)} was trained before`;
  const took = job.startedAt && job.finishedAt ? ` in ${seconds((job.finishedAt - job.startedAt) / 1000)}` : '';
  return `Trained${took}`;
}

/** The newest figure, else the newest line that the training printed. */
function progressTitle(view: TrainView): string | undefined {
  if (view.job?.status !== 'running') return undefined;
  const metric = view.curve.at(-1);
  if (metric?.kind === 'metric')
    return `Training: step ${metric.step}, ${metric.metric} ${figure(metric.value)}`.slice(0, 120);
  const line = view.log.findLast((event) => event.kind === 'log' && event.line.trim() !== '');
  return line?.kind === 'log' ? `Training: ${line.line.trim()}`.slice(0, 120) : undefined;
}

export function artifactTable(files: { path: string; digest: string; size: number }[]): string {
  return table(
    ['File', 'Size', 'Digest'],
    files.map((file) => [code(file.path), bytes(file.size), code(file.digest)]),
    'lrl',
  );
}

function price(view: TrainView): string {
  const { job } = view;
  if (view.reused || !job?.startedAt || !job.finishedAt) return '';
  const attempts = job.attempt > 1 ? ` in ${job.attempt} attempts` : '';
  return [`Runner ${code(job.runner)}: ${spentText(spentOf(job))}${attempts}.`, usageText(job.usage)]
    .filter((part) => part !== '')
    .join(' ');
}

/** What the agent measured on its machine. */
function usageText(usage: Job['usage']): string {
  const { gpu, peakMemoryBytes } = usage ?? {};
  const energy = gpu?.energyJoules === undefined ? '' : `, ${figure(gpu.energyJoules / 3_600_000)} kWh`;
  const said = [
    peakMemoryBytes ? `at most ${bytes(peakMemoryBytes)} of memory` : '',
    gpu
      ? `${gpu.count} × ${escapeText(gpu.model, 60)} used to ${Math.round(gpu.utilisation * 100)} %, at most ${bytes(gpu.peakMemoryBytes)}${energy}`
      : '',
  ].filter((part) => part !== '');
  return said.length > 0 ? `Measured there: ${said.join('; ')}.` : '';
}

function renderCurve(view: TrainView, pictures: Pictures): Picture[] {
  const series = new Map<string, [number, number][]>();
  for (const event of view.curve) {
    if (event.kind !== 'metric') continue;
    series.set(event.metric, [...(series.get(event.metric) ?? []), [event.step, event.value]]);
  }
  return [...series]
    .filter(([, points]) => points.length > 1)
    .slice(0, 6)
    .map(([metric, points]) =>
      pictures.show(
        `${escapeText(metric, 40)} of ${view.model} by step`,
        lineChart({ title: `${view.model}: ${metric}`, x: 'step', y: metric, series: [{ name: metric, points }] }),
      ),
    );
}

export function logText(log: JobEvent[], of = ''): string | undefined {
  const lines = log.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
  return lines.length === 0
    ? undefined
    : fold(`Last ${lines.length} lines of the log${of}`, codeBlock(lines.join('\n'), 'text'));
}
