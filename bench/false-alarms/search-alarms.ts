/** The search for bad slices where no slice is bad. */
import { type ScoredRows, selectRows } from '../../src/domain/evaluate/scored-rows.ts';
import { discoverSlices } from '../../src/domain/evaluate/slices/discover-slices.ts';
import { foundSlices } from '../../src/domain/evaluate/slices/found-slices.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { drawHoldout, groupEnds } from '../simulation/simulate.ts';
import { makeWorld, type WorldName } from '../simulation/worlds.ts';
import { type Alarm, CONFIDENCE } from './alarm.ts';
import { makeColumns } from './make-columns.ts';

const SEARCHES: { world: WorldName; units: number; metrics: string[]; alone?: boolean }[] = [
  { world: 'binary', units: 4_000, metrics: ['roc_auc', 'log_loss', 'accuracy', 'ece'] },
  { world: 'rare', units: 6_000, metrics: ['pr_auc'] },
  { world: 'weighted', units: 4_000, metrics: ['log_loss'] },
  { world: 'grouped', units: 400, metrics: ['log_loss'] },
  { world: 'regression', units: 4_000, metrics: ['rmse'] },
  { world: 'binary', units: 4_000, metrics: ['roc_auc', 'log_loss'], alone: true },
];

/** A search may find anything in at most 1 − confidence of the runs. */
export function searchAlarms(runs: number, done: (alarm: Alarm) => void): Alarm[] {
  return SEARCHES.flatMap(({ world: name, units, metrics, alone }) => {
    const world = makeWorld(name, true);
    const ends = world.groups === undefined ? undefined : groupEnds(world.groups);
    return metrics.map((metric) => {
      let alarms = 0;
      for (let run = 0; run < runs; run += 1) {
        const random = seededRandom(run * 6_151 + 5);
        const drawn = shuffled(drawHoldout(world, ends, units, random), random);
        const columns = makeColumns(drawn, random, alone);
        const scored = alone ? withoutChampion(drawn) : drawn;
        const options = { minRows: 200, seed: run, confidence: CONFIDENCE };
        const found = foundSlices(discoverSlices(scored, columns, metric, options), CONFIDENCE);
        if (found.length > 0) alarms += 1;
      }
      const against = alone ? 'the rest' : 'champion';
      const alarm = { what: `search: ${metric}, ${name}, against ${against}`, runs, alarms, level: 1 - CONFIDENCE };
      done(alarm);
      return alarm;
    });
  });
}

function withoutChampion({ champion: _, ...scored }: ScoredRows): ScoredRows {
  return scored;
}

/** Rows of a group need not lie together. */
function shuffled(scored: ScoredRows, random: () => number): ScoredRows {
  const order = Int32Array.from({ length: scored.rows }, (_, row) => row);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return selectRows(scored, order);
}
