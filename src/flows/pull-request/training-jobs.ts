import type { JobTask } from '../../domain/jobs/job.ts';
import type { JobRequest, ModelStage } from './stage.ts';
import { repeatTask } from './stage-repeats.ts';

/** The training, and those with other seeds beside it, as far as there is none yet. */
export function trainingRequests(stage: ModelStage, allow: string[]): JobRequest[] {
  const { model, dataset, train } = stage;
  const { runner } = model.train;
  const task: JobTask = { kind: 'train', model, dataset, allow };
  const first = train.job ? [] : [{ key: train.key, runner, task }];
  const others = (train.repeats?.runs ?? [])
    .filter(({ job }) => !job)
    .map(({ key, seed }) => ({ key, runner, task: repeatTask(stage, seed, allow) }));
  const requests = [...first, ...others];
  if (requests.length < 2 || !train.repeats?.together) return requests;
  // What is made later is another batch, and so is what is made again.
  const made = train.repeats.runs.length + 1 - requests.length;
  const group = `${train.key}:repeats:${made}.${train.repeats.givenUp}`;
  return requests.map((request) => ({ ...request, group }));
}
