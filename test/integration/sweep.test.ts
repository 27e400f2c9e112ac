/** A sweep with real trainings: forge, server, agents and a trainer, each its own process or over HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople, type People } from '../e2e/harness/people.ts';
import { type ServerInside, startServerInside } from '../e2e/harness/server-inside.ts';
import { NAME, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';

const MODEL = 'models/bought/model.yaml';
// The trainer reports the loss on what it trained on, which is enough to tell these rates apart.
const SWEEP = `seed: 7
  sweep:
    metric: loss
    goal: minimize
    params: { learningRate: { values: [0.0001, 0.5, 0.01] } }`;

let world: TestWorld;
let server: ServerInside;
let people: People;
let tiny: Files;

beforeAll(async () => {
  tiny = await readFixture('tiny');
  world = await startWorld(pick(tiny, (file) => !/^(models|deployments|monitors)\//.test(file)));
  server = await startServerInside(world);
  people = createPeople(world);
  world.forge.installApp('shop', [NAME]);
});
afterAll(async () => {
  await server?.stop();
  await world?.close();
});

it('trains what it was told to try, and evaluates the best alone', async () => {
  const model = tiny[MODEL]!.replace('seed: 7', SWEEP).replace(/epochs: \d+/, 'epochs: 30');
  const pull = await people.openPull('sweep', {
    ...pick(tiny, (file) => file.startsWith('models/bought/')),
    [MODEL]: model,
  });
  const trained = await people.check(pull.head, 'sluice/train: bought');
  expect(trained.conclusion, trained.output.summary ?? '').toBe('success');
  // Gradient descent on standardised columns: of these rates the largest gets furthest in 30 epochs.
  expect(trained.output.title).toMatch(/^Best of 3 trials: loss 0\.\d+ at learningRate=0\.5$/);
  expect(trained.output.summary).toMatch(/\| \*\*2\*\* \| `learningRate=0\.5` \| 0\.\d+ \| 🏆 best \| /);
  expect(trained.output.text).toContain('wrote model.onnx');
  const evaluated = await people.check(pull.head, 'sluice/evaluate: bought');
  expect(evaluated.conclusion, evaluated.output.summary ?? '').toBe('success');
  await people.gate(pull.head, 'action_required');
  const names = (await people.checks(pull.head)).map(({ name }) => name).sort();
  expect(names).toEqual(['sluice/evaluate: bought', 'sluice/gate', 'sluice/plan', 'sluice/train: bought']);
}, 120_000);
