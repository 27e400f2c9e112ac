/** Where the trainings with other seeds stand that show how much of a result is luck. */
import { type ArtifactRef, isFinished, type Job, type JobTask } from '../../domain/jobs/job.ts';
import type { Model, RunnerSpec } from '../../domain/spec/valid.ts';
import type { FlowDeps } from '../deps.ts';
import { newestOf } from './job-progress.ts';
import { artifactOf, type ModelStage } from './stage.ts';

export type Repeat = { seed: number; key: string; job?: Job; artifact?: ArtifactRef };

export type RepeatsStage = {
  /** Those besides the first, which is the candidate. */
  runs: Repeat[];
  /** The runner takes several as one. */
  together: boolean;
  /** How often one was given up and wanted again. */
  givenUp: number;
};

/** The first of them is the training of that key itself; a model without repeats has none besides. */
export async function stageRepeats(
  deps: FlowDeps,
  at: { repository: string; runner: RunnerSpec | undefined },
  model: Model,
  key: string,
): Promise<RepeatsStage | undefined> {
  const { repeats, seed, sweep } = model.train;
  if (sweep || repeats < 2) return undefined;
  const all = await deps.store.jobs.list({ repository: at.repository, keyPrefix: repeatKey(key, '') });
  const runs = Array.from({ length: repeats - 1 }, (_, index): Repeat => {
    const own = repeatKey(key, String(index + 1));
    const job = newestOf(all.filter((one) => one.key === own));
    const artifact = artifactOf(job, model);
    return { seed: seed + index + 1, key: own, ...(job && { job }), ...(artifact && { artifact }) };
  });
  const givenUp = all.filter(({ status }) => status === 'cancelled').length;
  return { runs, together: at.runner?.type === 'kubernetes', givenUp };
}

const repeatKey = (trainKey: string, which: string): string => `${trainKey}:repeat:${which}`;

/** Nothing more comes of any of them; one that failed is left out of what is compared. */
export function repeatsEnded(repeats: RepeatsStage | undefined): boolean {
  return repeats?.runs.every(({ job }) => job !== undefined && isFinished(job)) ?? true;
}

export function trainedRepeats({ repeats }: ModelStage['train']): { seed: number; artifact: ArtifactRef }[] {
  return repeats?.runs.flatMap(({ seed, artifact }) => (artifact ? [{ seed, artifact }] : [])) ?? [];
}

/** As any training; the number of repeats is none of its business. */
export function repeatTask({ model, dataset }: ModelStage, seed: number, allow: string[]): JobTask {
  return { kind: 'train', model: { ...model, train: { ...model.train, seed, repeats: 1 } }, dataset, allow };
}
