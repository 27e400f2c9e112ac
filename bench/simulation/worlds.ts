/**
 * Populations of which comparisons are drawn. A population is a finite list of rows drawn from with replacement, so its
 * own metrics are the truth, exactly. In a level one every row is there twice, the second time with the two models
 * exchanged: there the models do not differ, exactly.
 */
import type { ScoredRows } from '../../src/domain/evaluate/scored-rows.ts';
import type { Task } from '../../src/domain/spec/valid.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from './normal.ts';

type Row = { label: number; candidate: number[]; champion: number[]; group?: number; weight?: number };
export type WorldName = keyof typeof WORLDS;

const GROUPS = 20_000;
const ROWS = 200_000;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softmax = (scores: number[]) => {
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

type World = { task: Task; width: number; threshold: number; rows(random: () => number): Row[] };

const WORLDS = {
  /** A third positive; the champion is less sure of itself than it should be. */
  binary: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.45,
    rows: (random) => Array.from({ length: ROWS }, () => binaryRow(random, -0.9)),
  },
  /** One in twenty positive. */
  rare: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.2,
    rows: (random) => Array.from({ length: ROWS }, () => binaryRow(random, -3.7)),
  },
  /** One in a hundred decided positive by each model, mostly other ones, nine in ten of them rightly. */
  rareDecisions: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.5,
    rows: (random) => Array.from({ length: ROWS }, () => rarelyDecidedRow(random)),
  },
  /** One in fifty positive, all probabilities within one bin of the calibration error, the candidate's a little low. */
  oneBin: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.05,
    rows: (random) => Array.from({ length: ROWS }, () => oneBinRow(random)),
  },
  /** As before, from one in a hundred to one in three positive: a few bins. */
  fewBins: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.1,
    rows: (random) => Array.from({ length: ROWS }, () => oneBinRow(random, 0.01 + 0.3 * random() ** 2)),
  },
  /** Rows that count from .2 to 5. */
  weighted: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.45,
    rows: (random) =>
      Array.from({ length: ROWS }, () => ({ ...binaryRow(random, -0.9), weight: Math.exp(0.7 * normal(random)) })),
  },
  /** Groups of 2 to 18 rows that have much in common. */
  grouped: {
    task: 'binary-classification',
    width: 1,
    threshold: 0.45,
    rows: (random) =>
      Array.from({ length: GROUPS }, (_, group) => {
        const shared = { shift: normal(random), candidate: 0.6 * normal(random), champion: 0.6 * normal(random) };
        const size = 2 + Math.floor(17 * random());
        return Array.from({ length: size }, () => ({ ...binaryRow(random, -0.9, shared), group }));
      }).flat(),
  },
  multiclass: {
    task: 'multiclass-classification',
    width: 4,
    threshold: 0.5,
    rows: (random) => Array.from({ length: ROWS }, () => multiclassRow(random)),
  },
  /** Right-skewed labels, and errors with heavy tails. */
  regression: {
    task: 'regression',
    width: 1,
    threshold: 0.5,
    rows: (random) => Array.from({ length: ROWS }, () => regressionRow(random)),
  },
  /** Queries of 5 to 15 documents with gains of 0 to 3. */
  ranking: {
    task: 'ranking',
    width: 1,
    threshold: 0.5,
    rows: (random) =>
      Array.from({ length: GROUPS }, (_, group) => {
        const hard = 0.5 + random();
        const size = 5 + Math.floor(11 * random());
        return Array.from({ length: size }, () => ({ ...rankingRow(random, hard), group }));
      }).flat(),
  },
} satisfies Record<string, World>;

/** The rows of groups lie together, and groups are numbered in their order. */
export function makeWorld(name: WorldName, level: boolean): ScoredRows {
  const world: World = WORLDS[name];
  const drawn = world.rows(seededRandom(20_261_121));
  const rows = level ? [...drawn, ...drawn.map((row) => exchanged(row))] : drawn;
  const { task, width, threshold } = world;
  const isWeighted = rows[0]?.weight !== undefined;
  const isGrouped = rows[0]?.group !== undefined;
  return {
    task,
    rows: rows.length,
    width,
    labels: Float64Array.from(rows, (row) => row.label),
    candidate: { values: Float64Array.from(rows.flatMap((row) => row.candidate)), threshold },
    champion: { values: Float64Array.from(rows.flatMap((row) => row.champion)), threshold },
    ...(isWeighted ? { weights: Float64Array.from(rows, (row) => row.weight as number) } : {}),
    ...(isGrouped ? { groups: Int32Array.from(rows, (row) => row.group as number) } : {}),
  };
}

function exchanged(row: Row): Row {
  const { candidate, champion, group } = row;
  return {
    ...row,
    candidate: champion,
    champion: candidate,
    ...(group === undefined ? {} : { group: group + GROUPS }),
  };
}

function binaryRow(random: () => number, middle: number, shared = { shift: 0, candidate: 0, champion: 0 }): Row {
  const truth = middle + shared.shift + 1.4 * normal(random);
  const noise = 0.5 * normal(random);
  return {
    label: random() < sigmoid(truth) ? 1 : 0,
    candidate: [sigmoid(0.9 * truth + noise + shared.candidate + 0.5 * normal(random))],
    champion: [sigmoid(0.6 * truth + 0.3 * middle + noise + shared.champion + 0.7 * normal(random))],
  };
}

function rarelyDecidedRow(random: () => number): Row {
  const candidate = random() < 0.01;
  const champion = random() < (candidate ? 0.3 : 0.007);
  const value = (isPositive: boolean) => (isPositive ? 0.7 : 0.1) + 0.2 * random();
  return {
    label: random() < (candidate || champion ? 0.9 : 0.05) ? 1 : 0,
    candidate: [value(candidate)],
    champion: [value(champion)],
  };
}

function oneBinRow(random: () => number, truth = 0.005 + 0.03 * random()): Row {
  return {
    label: random() < truth ? 1 : 0,
    candidate: [0.7 * truth + 0.001 * random()],
    champion: [1.1 * truth + 0.002 * random()],
  };
}

function multiclassRow(random: () => number): Row {
  const truth = [0.8, 0.2, 0, -0.9].map((middle) => middle + 1.3 * normal(random));
  const shares = softmax(truth);
  let draw = random();
  let label = 0;
  while (label < 3 && draw >= (shares[label] as number)) {
    draw -= shares[label] as number;
    label += 1;
  }
  return {
    label,
    candidate: softmax(truth.map((score) => score + 0.6 * normal(random))),
    champion: softmax(truth.map((score) => score + 0.9 * normal(random))),
  };
}

function regressionRow(random: () => number): Row {
  const truth = 20 * Math.exp(0.5 * normal(random));
  // A mixture of normals of different spread: heavier tails than normal.
  const tail = normal(random) / Math.sqrt(0.4 + random());
  const noise = 3 * tail;
  return {
    label: truth + noise,
    candidate: [truth + 2 * normal(random)],
    champion: [0.95 * truth + 1 + 2.4 * normal(random)],
  };
}

function rankingRow(random: () => number, hard: number): Row {
  const truth = normal(random);
  return {
    label: Math.max(0, Math.min(3, Math.floor(1 + 1.2 * truth))),
    candidate: [truth + hard * normal(random)],
    champion: [truth + 1.2 * hard * normal(random)],
  };
}
