import { expect, test } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { Sweep } from '../../src/domain/spec/valid.ts';
import { stepSweep } from '../../src/domain/sweep/step-sweep.ts';
import { trialsOf } from '../../src/domain/sweep/trials-of.ts';
import type { ModelStage } from '../../src/flows/pull-request/stage.ts';
import { sweepJobs } from '../../src/flows/pull-request/sweep-jobs.ts';

const spec: Sweep = {
  metric: 'auc',
  goal: 'maximize',
  params: { depth: { kind: 'values', values: [3, 5, 7] } },
  search: { type: 'grid' },
};

function stageOf(made: string[], more: { together?: boolean; givenUp?: number } = {}): ModelStage {
  const { together = true, givenUp = 0 } = more;
  const step = stepSweep(spec, trialsOf(spec, 0), new Map(made.map((run) => [run, { state: 'running' }])));
  const jobs = Object.fromEntries(made.map((run) => [run, {} as Job]));
  const model = { name: 'm', train: { runner: 'farm', params: { depth: 1, kind: 'tree' }, sweep: spec } };
  const train = { key: 'train:1', sweep: { spec, step, jobs, together, givenUp } };
  return { model, dataset: { name: 'd' }, train } as unknown as ModelStage;
}

const groups = (stage: ModelStage) => sweepJobs(stage, []).map(({ group }) => group);

test('each trial is a training like any other, with its own values on top', () => {
  expect(sweepJobs(stageOf([]), ['data/'])[1]).toEqual({
    key: 'train:1:trial:0.1',
    runner: 'farm',
    group: 'train:1:rung:0:0.0',
    task: {
      kind: 'train',
      model: { name: 'm', train: { runner: 'farm', params: { depth: 5, kind: 'tree' } } },
      dataset: { name: 'd' },
      allow: ['data/'],
    },
  });
});

test('those that are made together are one group, and later ones never join it', () => {
  expect(new Set(groups(stageOf([])))).toEqual(new Set(['train:1:rung:0:0.0']));
  expect(groups(stageOf(['0.0']))).toEqual(['train:1:rung:0:1.0', 'train:1:rung:0:1.0']);
  expect(groups(stageOf(['0.0'], { givenUp: 2 }))).toEqual(['train:1:rung:0:1.2', 'train:1:rung:0:1.2']);
});

test('one by one there is no group', () => {
  expect(groups(stageOf(['0.0', '0.2']))).toEqual([undefined]);
  expect(groups(stageOf([], { together: false }))).toEqual([undefined, undefined, undefined]);
});
