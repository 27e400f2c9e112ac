/** What judges a change, with real processes: code of the base, several seeds, a waiver, the report as a page. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople, type People } from '../e2e/harness/people.ts';
import { type ServerInside, startServerInside } from '../e2e/harness/server-inside.ts';
import { NAME, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';

const MODEL = 'models/bought/model.yaml';
const CODE = 'metrics/cost.mjs';
const printing = (value: number) => `console.log(JSON.stringify({ value: ${value} }));\n`;

let world: TestWorld;
let server: ServerInside;
let people: People;
let model: string;

beforeAll(async () => {
  const tiny: Files = await readFixture('tiny');
  model = tiny[MODEL]!.replace(
    '  resamples: 200',
    `  resamples: 200\n  custom: [{ name: cost, command: [node, ${CODE}], code: ["metrics/**"], better: lower }]`,
  ).replace('gates:\n', 'gates:\n  - { metric: cost, max: 1, onFail: approval }\n');
  const base = pick(tiny, (file) => !/^(models|deployments|monitors)\//.test(file));
  world = await startWorld({
    ...base,
    'sluice.yaml': base['sluice.yaml']!.replace('required: 1', 'required: 0'),
    [MODEL]: model,
    [CODE]: printing(5),
  });
  server = await startServerInside(world);
  people = createPeople(world);
  world.forge.installApp('shop', [NAME]);
});
afterAll(async () => {
  await server?.stop();
  await world?.close();
});

it('the base’s code computes the metric, an owner lets its gate through, and the report shows both', async () => {
  const better = model.replace(/epochs: \d+/, 'epochs: 40').replace('seed: 7', 'seed: 7\n  repeats: 2');
  const pull = await people.openPull('better', { [MODEL]: better, [CODE]: printing(0) });
  const trained = await people.check(pull.head, 'sluice/train: bought');
  expect(trained.output.summary).toContain('Repeats: 2 of 2 done.');

  const evaluated = await people.check(pull.head, 'sluice/evaluate: bought');
  expect(evaluated.conclusion, evaluated.output.summary ?? '').toBe('neutral');
  expect(evaluated.output.summary).toMatch(/`cost`[^\n]*\| 5/);
  const gate = await people.gate(pull.head, 'action_required');
  expect(gate.output.summary).toMatch(/`\/waive bought 1 <reason>`/);

  const asked = await people.say('stranger', pull.number, '/explain bought 1');
  expect(await people.reply(pull.number, asked)).toContain('How the gates of `bought` were judged');
  await people.say('owner', pull.number, '/waive bought 1 the price list of last year');
  const passed = await people.gate(pull.head, 'success');
  expect(passed.output.summary).toContain('the price list of last year');

  const links = /\]\((\S+\/evaluations\/\S+\.html)\).*\]\((\S+\/predictions\/\S+\.parquet)\)/.exec(
    evaluated.output.summary ?? '',
  );
  const page = await fetch(links![1]!);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('the price list of last year');
  const predictions = Buffer.from(await (await fetch(links![2]!)).arrayBuffer());
  expect(predictions.subarray(0, 4).toString()).toBe('PAR1');
}, 180_000);
