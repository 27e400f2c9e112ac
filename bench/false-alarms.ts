/**
 * Simulated holdouts on which a verdict would be wrong: how often is it given all the same? Gates stand exactly at the
 * truth, searches where nothing is worse; beside them how often a planted bad slice is found.
 */
import { wilsonInterval } from '../src/domain/evaluate/intervals/proportion-intervals.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from './benchmark.ts';
import type { Alarm, Power } from './false-alarms/alarm.ts';
import { latencyGateAlarms } from './false-alarms/latency-gates.ts';
import { metricGateAlarms, sliceGateAlarms } from './false-alarms/metric-gates.ts';
import { rateGateAlarms } from './false-alarms/rate-gates.ts';
import { searchAlarms } from './false-alarms/search-alarms.ts';
import { searchPower } from './false-alarms/search-power.ts';

const RUNS = 500;
const AIM = 1;
/** Share of planted slices that have to be found. */
const POWER = 0.8;

export const falseAlarms: Benchmark = {
  about: 'wrong verdicts of gates and searches; aim: no share is clearly above the promised one',
  run,
};

async function run({ say, runs = RUNS }: BenchmarkOptions): Promise<BenchmarkResult> {
  say(`${'wrong verdict'.padEnd(60)}${'runs'.padStart(6)}${'share'.padStart(9)}${'promised'.padStart(10)}`);
  const show = ({ what, runs, alarms, level }: Alarm) =>
    say(
      `${what.padEnd(60)}${String(runs).padStart(6)}${percent(alarms / runs).padStart(9)}${percent(level).padStart(10)}`,
    );
  const showAll = (alarms: Alarm[]) => {
    for (const alarm of alarms) show(alarm);
    return alarms;
  };
  const alarms = [
    ...showAll(rateGateAlarms(2 * runs)),
    ...showAll(metricGateAlarms(runs)),
    ...showAll(sliceGateAlarms(runs, ['roc_auc', 'accuracy'])),
    // Resampled, so that a run takes as long as twenty of the others.
    ...showAll(sliceGateAlarms(Math.ceil(runs / 5), ['log_loss'])),
    ...showAll(latencyGateAlarms(Math.ceil(runs / 2))),
    ...searchAlarms(runs, show),
  ];
  say('');
  say(`${'planted and found'.padEnd(60)}${'runs'.padStart(6)}${'share'.padStart(9)}`);
  const powers = searchPower(Math.ceil(runs / 4), ({ what, runs, found }: Power) =>
    say(`${what.padEnd(60)}${String(runs).padStart(6)}${percent(found / runs).padStart(9)}`),
  );
  // The least that the share can be with 99 % confidence: what is exactly as promised is above it half of the time.
  const ratio = Math.max(
    ...alarms.map(({ alarms, runs, level }) => (wilsonInterval(alarms, runs, 0.98).lower as number) / level),
  );
  const power = Math.min(...powers.map(({ found, runs }) => found / runs));
  const worst = (prefix: string) =>
    Math.max(...alarms.filter(({ what }) => what.startsWith(prefix)).map(({ alarms, runs }) => alarms / runs));
  return {
    ratio: Math.round(100 * ratio) / 100,
    aim: AIM,
    ok: ratio <= AIM && power >= POWER,
    questions: alarms.length,
    worstShareOfPromised: Math.round(100 * Math.max(...alarms.map((one) => one.alarms / one.runs / one.level))) / 100,
    worstSearch: worst('search'),
    leastPower: power,
    powerAim: POWER,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
