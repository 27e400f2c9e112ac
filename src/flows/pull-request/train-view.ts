/** The training of a model in words: one, that of a sweep, or several with a seed each. Pure. */
import { isFinished, type JobStatus } from '../../domain/jobs/job.ts';
import type { Picture, Pictures } from '../../render/pictures.ts';
import type { CheckText } from '../../render/plan-check.ts';
import { renderSweepCheck } from '../../render/sweep.ts';
import { renderTrainCheck } from '../../render/train-check.ts';
import { repeatsLine } from '../../render/train-repeats.ts';
import type { ModelStage } from './stage.ts';
import { type RepeatsStage, repeatsEnded } from './stage-repeats.ts';

/** How many trainings are meant by the price. */
export function repeatsReason({ model, planned, train }: ModelStage): string[] {
  const { seed } = model.train;
  if (!planned.repeats || train.reused) return [];
  return [`${planned.repeats} trainings, with seeds ${seed} to ${seed + planned.repeats - 1}`];
}

export function trainText(
  { model, planned, train }: ModelStage,
  stopped: boolean,
  pictures: Pictures,
): CheckText & { images: Picture[] } {
  const { sweep, repeats, ...training } = train;
  const view = { model: model.name, fingerprint: planned.fingerprint, ...training };
  if (sweep) return renderSweepCheck({ ...view, runner: model.train.runner, sweep, stopped }, pictures);
  const text = renderTrainCheck(view, pictures);
  return repeats ? withRepeats(text, train.artifact !== undefined, repeats) : text;
}

function withRepeats<T extends CheckText>(text: T, first: boolean, repeats: RepeatsStage): T {
  const others = repeats.runs.map(({ seed, job, artifact }) => ({
    seed,
    state: artifact ? ('done' as const) : job && isFinished(job) ? ('failed' as const) : ('waiting' as const),
    why: job?.error?.message ?? job?.status ?? '',
  }));
  const line = repeatsLine(first, others);
  const waits = first && !repeatsEnded(repeats);
  return { ...text, title: waits ? line.split(/[;.]/)[0]! : text.title, summary: `${text.summary}\n\n${line}` };
}

/** Of a sweep as a whole: it runs until nobody is left to be compared; of repeats until all have ended. */
export function trainingStatus({ job, sweep, repeats }: ModelStage['train']): JobStatus | undefined {
  if (!sweep) return job?.status === 'succeeded' && !repeatsEnded(repeats) ? 'running' : job?.status;
  if (sweep.step.failed !== undefined) return 'failed';
  const statuses = Object.values(sweep.jobs).map(({ status }) => status);
  if (statuses.length === 0) return undefined;
  return statuses.every((status) => status === 'queued') ? 'queued' : 'running';
}
