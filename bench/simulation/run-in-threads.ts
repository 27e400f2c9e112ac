import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const MOST_THREADS = 8;

/**
 * Posts a task at a time to each thread of `worker`, which answers with one message; calls back as each is done, in
 * whatever order.
 */
export async function runInThreads<Task, Answer>(
  worker: URL,
  tasks: readonly Task[],
  onDone: (task: Task, answer: Answer) => void,
): Promise<void> {
  const waiting = [...tasks];
  const thread = async () => {
    const started = startWorker(worker);
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        started.postMessage(task);
        const [answer] = (await once(started, 'message')) as [Answer];
        onDone(task, answer);
      }
    } finally {
      await started.terminate();
    }
  };
  const threads = Math.min(MOST_THREADS, availableParallelism(), tasks.length);
  await Promise.all(Array.from({ length: threads }, thread));
}

/** The hooks by which tsx reads TypeScript are of one thread, so the worker begins by asking for its own. */
function startWorker(worker: URL): Worker {
  const url = JSON.stringify(worker.href);
  const begin = `import('tsx/esm/api').then(({ register }) => { register(); return import(${url}); });`;
  return new Worker(begin, { eval: true });
}
