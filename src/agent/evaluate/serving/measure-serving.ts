/** What the models cost to serve, measured where the evaluation runs: the one part of it that is not reproducible. */
import { type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import type { Serving, ServingCost, ServingRatios } from '../../../domain/evaluate/evaluation.ts';
import { percentile } from '../../../domain/evaluate/intervals/percentile.ts';
import type { Gate } from '../../../domain/spec/valid.ts';
import type { Contestant } from '../evaluate-model.ts';
import type { OpenModel } from '../open-models.ts';
import type { Stages, Who } from '../stage.ts';
import { machineText } from './machine-text.ts';
import { type Timed, type Timing, timeRequests } from './measure-latency.ts';
import { type Probed, type ProbePlace, probeModels } from './probe-models.ts';
import { median, quantileRatios, rangeRatio } from './ratio-estimates.ts';

const QUANTILES = [0.5, 0.95, 0.99] as const;
const BATCHES = [1, 32, 256, 1_000];
/** The fewest of both are what the intervals of their ratios need: 368 requests for p99, 15 for a median. */
const SINGLE: Timing = { warmUp: 20, fewest: 400, most: 2_000, enoughMs: 1_000, tooLongMs: 10_000 };
const BATCHED: Timing = { warmUp: 1, fewest: 16, most: 30, enoughMs: 300, tooLongMs: 5_000 };
/** Batches that would take longer are left out, and those of more numbers: rows may hold pictures. */
const TOO_SLOW_MS = 5_000;
const MOST_VALUES = 2 ** 24;
const PROBE_ROWS = 100;

export type Served = Pick<Contestant, 'folder' | 'sizeBytes'> & OpenModel;

type Request = {
  candidate: Served;
  champion?: Served;
  /** Rows to ask for, again and again where they do not fill a batch. */
  sample: ColumnBatch;
  /** Besides 1, 32, 256 and 1,000 rows. */
  batches: readonly number[];
  seed: number;
  confidence: number;
  probe: ProbePlace;
  stages: Stages;
  /** Milliseconds. */
  now(): number;
};

type Measured = { batch: number; times: Float64Array[] };

export async function measureServing(request: Request): Promise<Serving> {
  const models = [request.candidate, ...(request.champion === undefined ? [] : [request.champion])];
  const timed = models.map(({ bare }, index): Timed => {
    const who: Who = index === 0 ? 'candidate' : 'champion';
    return { loaded: bare, begin: () => request.stages.begin(who, 'being timed') };
  });
  const batches = [...new Set([...BATCHES, ...request.batches])].sort((a, b) => a - b);
  const measured: Measured[] = [];
  for (const batch of batches.filter((rows) => rows * valuesOfRow(request.sample) <= MOST_VALUES)) {
    if (expectedMs(measured.at(-1), batch) > TOO_SLOW_MS) break;
    measured.push({ batch, times: await timeBatches(timed, request, batch) });
  }
  request.stages.enter('measuring memory and cold start');
  const probe = await probeModels(
    models.map((model, index) => probeInput(model, index === 0 ? 'candidate' : 'champion', request.sample)),
    request.probe,
    isRatioAsked(request.candidate.model.gates) ? 3 : 1,
  );
  const probed = 'probed' in probe ? probe.probed : [];
  const [candidate, champion] = models.map((model, index) => costOf(model, measured, index, probed[index]));
  return {
    machine: machineText(request.candidate.bare.engine),
    candidate: candidate as ServingCost,
    ...(champion === undefined ? {} : { champion, ratios: ratiosOf(measured, probed, request) }),
    ...('failed' in probe ? { probeFailed: probe.failed } : {}),
  };
}

/** Each fresh process costs part of a second; a ratio without a range is enough for a report. */
function isRatioAsked(gates: readonly Gate[]): boolean {
  return gates.some((gate) => (gate.kind === 'memory' || gate.kind === 'cold-start') && gate.maxRatio !== undefined);
}

function valuesOfRow({ columns }: ColumnBatch): number {
  const sizes = Object.values(columns).map((column) => (column.kind === 'tensors' ? column.size : 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Of the slower model, by what a smaller batch took. */
function expectedMs(smaller: Measured | undefined, batch: number): number {
  if (smaller === undefined) return 0;
  return (batch / smaller.batch) * Math.max(...smaller.times.map((times) => median(times)));
}

/** Single requests differ from each other; batches are the same one again. */
async function timeBatches(models: Timed[], { sample, seed, now }: Request, rows: number): Promise<Float64Array[]> {
  const starts = rows === 1 ? Math.min(100, sample.rows) : 1;
  const requests = Array.from({ length: starts }, (_, start) => rowsFrom(sample, start, rows));
  const timing = rows === 1 ? SINGLE : BATCHED;
  return timeRequests(models, (index) => requests[index % starts] as ColumnBatch, timing, { seed, now });
}

function rowsFrom(sample: ColumnBatch, start: number, rows: number): ColumnBatch {
  return pickRows(
    sample,
    Array.from({ length: rows }, (_, index) => (start + index) % sample.rows),
  );
}

function probeInput({ model, folder }: Served, name: Who, sample: ColumnBatch) {
  const { artifact, signature, task } = model;
  const batch = rowsFrom(sample, 0, Math.min(PROBE_ROWS, sample.rows));
  return { name, model: { folder, ...artifact, signature, task }, first: rowsFrom(sample, 0, 1), batch };
}

function costOf(model: Served, measured: Measured[], index: number, probed: Probed | undefined): ServingCost {
  const times = ({ times: all }: Measured) => all[index] as Float64Array;
  const single = times(measured[0] as Measured)
    .slice()
    .sort();
  const [p50, p95, p99] = QUANTILES.map((share) => percentile(single, share)) as [number, number, number];
  const throughput = measured.map((one) => ({
    batch: one.batch,
    rowsPerSecond: Math.round((one.batch * 1000) / median(times(one))),
  }));
  const memory =
    probed === undefined
      ? {}
      : { memoryBytes: Math.round(median(probed.memoryBytes)), coldStartMs: median(probed.coldStartMs) };
  return { p50, p95, p99, throughput, sizeBytes: model.sizeBytes, ...memory };
}

function ratiosOf(measured: Measured[], probed: Probed[], { seed, confidence }: Request): ServingRatios {
  const times = ({ times: [candidate, champion] }: Measured) => ({
    candidate: candidate as Float64Array,
    champion: champion as Float64Array,
  });
  const [p50, p95, p99] = quantileRatios(times(measured[0] as Measured), QUANTILES, { seed, confidence }) as Three;
  const throughput = measured.map((one) => {
    // More rows a second is less time a row: the other way round.
    const { candidate, champion } = times(one);
    const turned = { candidate: champion, champion: candidate };
    const [ratio] = quantileRatios(turned, [0.5], { seed, confidence });
    return { batch: one.batch, ratio: ratio as ServingRatios['p50'] };
  });
  const [mine, its] = probed;
  const begun =
    mine === undefined || its === undefined
      ? {}
      : {
          memory: rangeRatio(mine.memoryBytes, its.memoryBytes),
          coldStart: rangeRatio(mine.coldStartMs, its.coldStartMs),
        };
  return { p50, p95, p99, throughput, ...begun };
}

type Three = [ServingRatios['p50'], ServingRatios['p95'], ServingRatios['p99']];
