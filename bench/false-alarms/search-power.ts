/** The search for bad slices where one is planted. */

import type { CategoryColumn } from '../../src/domain/evaluate/slices/columns.ts';
import { discoverSlices } from '../../src/domain/evaluate/slices/discover-slices.ts';
import { foundSlices } from '../../src/domain/evaluate/slices/found-slices.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from '../simulation/normal.ts';
import { drawHoldout } from '../simulation/simulate.ts';
import { makeWorld } from '../simulation/worlds.ts';
import { CONFIDENCE, type Power } from './alarm.ts';
import { makeColumns } from './make-columns.ts';

const ROWS = 12_000;
const PLANTED = [
  { what: 'a category of 8 % of the rows', many: 3, few: undefined, name: /^many=v3$/ },
  { what: 'a pair of categories, 4 % of the rows', many: 0, few: 2, name: /^many=v0 and few=v2$/ },
];
const METRICS = ['roc_auc', 'log_loss'];

/** Found: the planted slice is reported, by its name. */
export function searchPower(runs: number, done: (power: Power) => void): Power[] {
  const world = makeWorld('binary', true);
  return PLANTED.flatMap(({ what, many, few, name }) =>
    METRICS.map((metric) => {
      let found = 0;
      for (let run = 0; run < runs; run += 1) {
        const random = seededRandom(run * 5_003 + 9);
        const drawn = drawHoldout(world, undefined, ROWS, random);
        const columns = makeColumns(drawn, random);
        const [one, other] = columns as [CategoryColumn, CategoryColumn, ...unknown[]];
        const values = drawn.candidate.values.map((value, row) =>
          one.codes[row] === many && (few === undefined || other.codes[row] === few) ? spoilt(value, random) : value,
        );
        const scored = { ...drawn, candidate: { ...drawn.candidate, values } };
        const options = { minRows: 200, seed: run, confidence: CONFIDENCE };
        const discovery = discoverSlices(scored, columns, metric, options);
        if (foundSlices(discovery, CONFIDENCE).some((slice) => name.test(slice.name))) found += 1;
      }
      const power = { what: `${what}, by ${metric}`, runs, found };
      done(power);
      return power;
    }),
  );
}

/** A fifth of what the model knew, and as much noise as there was signal. */
function spoilt(value: number, random: () => number): number {
  const logit = Math.log(value / (1 - value));
  return 1 / (1 + Math.exp(0.9 - 0.2 * (logit + 0.9) - 1.2 * normal(random)));
}
