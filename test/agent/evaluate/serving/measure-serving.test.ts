import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureServing } from '../../../../src/agent/evaluate/serving/measure-serving.ts';
import { probeModels } from '../../../../src/agent/evaluate/serving/probe-models.ts';
import { NO_STAGES, type Who } from '../../../../src/agent/evaluate/stage.ts';
import { toColumn } from '../../../../src/domain/data/batch-values.ts';
import type { ColumnBatch } from '../../../../src/domain/data/column-batch.ts';
import type { Gate } from '../../../../src/domain/spec/valid.ts';
import { modelOf } from '../function-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sample: ColumnBatch = { rows: 60, columns: { income: toColumn(Array.from({ length: 60 }, (_, row) => row)) } };
const node = (program: string) => [process.execPath, '-e', program];
/** Time passes with the work alone, whatever the machine does. */
let clock = 0;

/** Answers 100, 101, … with each process that it has been. */
const counting = () =>
  node(`
  const fs = require('node:fs');
  fs.appendFileSync('${folder}/runs', require('node:path').basename(process.argv[1]) + ' ');
  const n = fs.readFileSync('${folder}/runs', 'utf8').split(' ').length - 2;
  console.log(JSON.stringify({ memoryBytes: 100 + n, coldStartMs: 10 + n }));
`);

const MEMORY_RATIO: Gate = { kind: 'memory', maxRatio: 2, confidence: 0.95, onFail: 'block', onCannotTell: 'block' };

function served(delayMs: number, note: (rows: number) => void) {
  const loaded = {
    predict: async ({ rows }: ColumnBatch) => {
      note(rows);
      clock += 0.1 + delayMs * rows;
      return { rows, width: 1, values: new Float64Array(rows) };
    },
    close: async () => {},
    engine: 'nothing 1.0',
  };
  return { model: modelOf({ gates: [MEMORY_RATIO] }), folder, sizeBytes: 10, loaded, bare: loaded };
}

const request = (probe: string[], batches: number[] = []) => ({
  sample,
  batches,
  seed: 3,
  confidence: 0.95,
  probe: { command: probe, folder },
  stages: NO_STAGES,
  now: () => clock,
});

describe('the cost of serving', () => {
  it('is measured of both in turn, whoever goes first, at every batch size that is asked for', async () => {
    const order: { who: Who; rows: number }[] = [];
    const serving = await measureServing({
      candidate: served(0.004, (rows) => order.push({ who: 'candidate', rows })),
      champion: served(0.002, (rows) => order.push({ who: 'champion', rows })),
      ...request(counting(), [64]),
    });
    expect(serving.machine).toMatch(/, \d+ cores?, \w+\/\w+, nothing 1\.0$/);
    expect(serving.candidate.throughput.map((one) => one.batch)).toEqual([1, 32, 64, 256, 1_000]);
    const pairs = Array.from({ length: 100 }, (_, index) => order.slice(2 * index, 2 * index + 2));
    for (const [one, other] of pairs) expect(one?.who).not.toBe(other?.who);
    const candidateFirst = pairs.slice(20).filter(([one]) => one?.who === 'candidate').length;
    expect(candidateFirst).toBeGreaterThan(15);
    expect(candidateFirst).toBeLessThan(65);
    // .1 ms a request and twice the work a row: 2.1 ms against 4.1 ms for a thousand rows.
    expect(serving.candidate).toMatchObject({ p50: expect.closeTo(0.104, 9), p99: expect.closeTo(0.104, 9) });
    expect(serving.ratios?.p95.value).toBeCloseTo(0.104 / 0.102, 9);
    expect(serving.candidate.throughput.at(-1)).toEqual({ batch: 1_000, rowsPerSecond: 243_902 });
    const large = serving.ratios?.throughput.find((one) => one.batch === 1_000)?.ratio;
    expect(large?.value).toBeCloseTo(2.1 / 4.1, 9);
    expect(large?.lower).toBeCloseTo(2.1 / 4.1, 9);
    expect(serving.candidate).toMatchObject({ sizeBytes: 10, memoryBytes: 102, coldStartMs: 12 });
    expect(serving.champion).toMatchObject({ memoryBytes: 103, coldStartMs: 13 });
    expect(serving.ratios?.memory).toEqual({ value: 102 / 103, lower: 100 / 105, upper: 104 / 101 });
  });

  it('starts one process a model where no gate asks for a ratio of memory or cold start', async () => {
    const asked = served(0, () => {});
    const candidate = { ...asked, model: modelOf() };
    const {
      candidate: cost,
      champion,
      ratios,
    } = await measureServing({ candidate, champion: asked, ...request(counting()) });
    expect((champion?.memoryBytes ?? 0) - (cost.memoryBytes ?? 0)).toBe(1);
    expect(ratios?.memory).toMatchObject({ lower: null, upper: null });
  });

  it('of a candidate alone has no ratios, and says why memory is not told', async () => {
    const broken = node(`console.error('OutOfLuckError: nothing left'); process.exit(7)`);
    const serving = await measureServing({ candidate: served(0, () => {}), ...request(broken) });
    expect(serving.probeFailed).toBe(
      'the process with the candidate ended with exit status 7: OutOfLuckError: nothing left',
    );
    expect(serving.candidate).not.toHaveProperty('memoryBytes');
    expect(serving).not.toHaveProperty('ratios');
  });
});

it('batches of more numbers than fit are left out', async () => {
  const size = 2 ** 20;
  const pictures: ColumnBatch = {
    rows: 1,
    columns: { income: { kind: 'tensors', values: new Float64Array(size), size } },
  };
  const serving = await measureServing({ candidate: served(0, () => {}), ...request(['false']), sample: pictures });
  expect(serving.candidate.throughput.map((one) => one.batch)).toEqual([1]);
});

it('batches that a slow model would need minutes for are left out', async () => {
  const serving = await measureServing({ candidate: served(100, () => {}), ...request(['false']) });
  expect(serving.candidate.throughput).toEqual([
    { batch: 1, rowsPerSecond: 10 },
    { batch: 32, rowsPerSecond: 10 },
  ]);
});

it('a model that takes seconds is timed a few times, and its ratios have no bounds', async () => {
  const slow = () => served(2_500, () => {});
  const serving = await measureServing({ candidate: slow(), champion: slow(), ...request(['false']) });
  expect(serving.ratios).toMatchObject({
    p50: { value: expect.closeTo(1, 9), lower: null, upper: null },
    p99: { lower: null, upper: null },
  });
});

it('a model that takes no time that the clock sees has figures all the same', async () => {
  const instant = served(0, () => {});
  const serving = await measureServing({ candidate: instant, champion: instant, ...request(['false']), now: () => 5 });
  expect(serving.candidate.throughput[0]).toEqual({ batch: 1, rowsPerSecond: 1_000_000 });
  expect(serving.ratios?.p50).toEqual({ value: 1, lower: 1, upper: 1 });
});

describe('a probe', () => {
  it.each([
    ['says nothing', '0', 'printed no figures'],
    ['says nonsense', 'console.log(JSON.stringify({ memoryBytes: null }))', 'printed no figures'],
    ['took no memory', 'console.log(JSON.stringify({ memoryBytes: 0, coldStartMs: 5 }))', 'printed no figures'],
    ['is killed', 'process.kill(process.pid, "SIGKILL")', 'was ended by SIGKILL'],
  ])('that %s costs its figures only', async (_, program, why) => {
    const input = { name: 'candidate', model: {} as never, first: sample, batch: sample };
    expect(await probeModels([input], { command: node(program), folder }, 3)).toEqual({
      failed: `the process with the candidate ${why}`,
    });
  });

  it.runIf(process.platform === 'linux')('has a limit on the memory that it may ask for', async () => {
    const limit = node(`
      const [, bytes] = /Max data size +([0-9]+)/.exec(require('node:fs').readFileSync('/proc/self/limits', 'utf8'));
      console.log(JSON.stringify({ memoryBytes: Number(bytes), coldStartMs: 1 }));
    `);
    const input = { name: 'candidate', model: {} as never, first: sample, batch: sample };
    const four = 4 * 2 ** 30;
    expect(await probeModels([input], { command: limit, folder }, 3)).toEqual({
      probed: [{ memoryBytes: [four, four, four], coldStartMs: [1, 1, 1] }],
    });
  });
});
