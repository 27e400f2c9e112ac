/** One worker: a stream at a time, as it is asked. */
import { parentPort } from 'node:worker_threads';
import { type LevelTask, runLevel } from './level.ts';
import { type PowerTask, runPower } from './power.ts';

parentPort?.on('message', (task: LevelTask | PowerTask) => {
  parentPort?.postMessage(task.kind === 'level' ? runLevel(task) : runPower(task));
});
