/**
 * How often does the drift monitor cry wolf, and how soon does it see what is there? On simulated streams: 500 in which
 * nothing drifts, and some in which one column does; beside it the default rules of Evidently and NannyML.
 *
 * Rows are not drawn: the counts of a window's cells are, which for rows that are independent given their level is the
 * same. All rules see these counts: ours as a profile, the others as values at the middle of 1,032 cells.
 */
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { type LevelAnswer, type LevelTask, WINDOWS } from './drift-quality/level.ts';
import { POWER_ROWS, type PowerAnswer, type PowerTask } from './drift-quality/power.ts';
import { SHIFTS } from './drift-quality/shifts.ts';
import { levelTable, medianDelay, type PowerCell, powerTable } from './drift-quality/tables.ts';
import { runInThreads } from './simulation/run-in-threads.ts';

const STREAMS = 500;
/** Of the streams without drift that may open an issue. */
const MOST_FALSE = 0.01;
/** Streams of each shift and number of rows, for 500 streams without drift. */
const POWER_STREAMS = 20;
/** Of each of so many references, so that none of them decides alone. */
const REFERENCES = 2;

type Task = LevelTask | PowerTask;

export const driftQuality: Benchmark = {
  about: 'issues opened in 500 streams without drift, aim at most 1 %; and how soon drift is seen; beside two peers',
  async run({ runs = STREAMS, say }) {
    const level: LevelAnswer[] = [];
    const power = new Map<string, PowerCell>();
    const tasks: Task[] = [...levelTasks(runs), ...powerTasks((POWER_STREAMS * runs) / STREAMS)];
    const worker = new URL('./drift-quality/worker.ts', import.meta.url);
    const tell = progress(tasks.length, say);
    await runInThreads(worker, tasks, (task, answer: LevelAnswer | PowerAnswer) => {
      if (task.kind === 'level') level.push(answer as LevelAnswer);
      else collect(power, task, answer as PowerAnswer);
      tell();
    });
    const cells = SHIFTS.map((shift) => POWER_ROWS.map((rows) => power.get(key(shift.name, rows))!));
    say(levelTable(level));
    say(powerTable(cells));
    const opened = level.filter(({ alerts }) => alerts.sluice > 0).length / level.length;
    const broken = cells.flat().filter((cell) => cell.kept === false);
    for (const { shift, rows } of broken) say(`promise not kept: ${shift} at ${rows} rows`);
    const share = (name: keyof LevelAnswer['alerts']) =>
      level.filter(({ alerts }) => alerts[name] > 0).length / level.length;
    const ratio = opened / MOST_FALSE;
    return {
      ratio,
      aim: 1,
      ok: ratio <= 1 && broken.length === 0,
      streams: level.length,
      windows: level.length * WINDOWS,
      falseAlarmStreams: opened,
      evidentlyFalseAlarmStreams: share('evidently'),
      evidentlyAnyColumnFalseAlarmStreams: share('evidently, a column'),
      evidentlySampleFalseAlarmStreams: share('evidently, 1,000 rows'),
      evidentlySampleAnyColumnFalseAlarmStreams: share('evidently, 1,000 rows, a column'),
      nannymlFalseAlarmStreams: share('nannyml'),
      promisesKept: cells.flat().filter(({ kept }) => kept === true).length,
      promisesBroken: broken.length,
    };
  },
};

function levelTasks(streams: number): LevelTask[] {
  return Array.from({ length: streams }, (_, number) => ({ kind: 'level', number }));
}

function powerTasks(streams: number): PowerTask[] {
  return SHIFTS.flatMap(({ part = 1 }, shift) =>
    POWER_ROWS.flatMap((rows) => {
      const runs = Math.max(1, Math.round((streams * part) / REFERENCES));
      return Array.from({ length: REFERENCES }, (_, seed): PowerTask => ({ kind: 'power', shift, rows, seed, runs }));
    }),
  );
}

function collect(power: Map<string, PowerCell>, { shift: number, rows }: PowerTask, answer: PowerAnswer): void {
  const shift = SHIFTS[number]!;
  const cell = power.get(key(shift.name, rows)) ?? { shift: shift.name, rows, seen: {} };
  for (const [name, detections] of Object.entries(answer) as [keyof PowerAnswer, PowerAnswer[keyof PowerAnswer]][]) {
    cell.seen[name] = [...(cell.seen[name] ?? []), ...detections];
  }
  if (shift.promise && rows >= shift.promise.rows)
    cell.kept = medianDelay(cell.seen.sluice ?? []) <= shift.promise.windows;
  power.set(key(shift.name, rows), cell);
}

function key(shift: string, rows: number): string {
  return `${shift} ${rows}`;
}

function progress(tasks: number, say: BenchmarkOptions['say']): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (done % Math.ceil(tasks / 10) === 0) say(`${done} of ${tasks} tasks`);
  };
}
