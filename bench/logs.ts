/**
 * A training that prints as fast as it can: every line must arrive once and in order, and the agent must not need more
 * memory for many lines than for few.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent } from '../src/domain/jobs/job.ts';
import { type ExampleWorld, openExampleWorld } from '../test/fixtures/example-world.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from './benchmark.ts';

const LINES = 100_000;
const FEW = 1_000;
const AIM = 1.5;

const program = (lines: number): string => `import { writeFileSync } from 'node:fs';
for (let line = 1; line <= ${lines}; line++) console.log('line ' + line + ' of a training that has much to say');
writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'a model');
`;

export const logs: Benchmark = {
  about: `${LINES} lines of one job, in order; aim: at most ${AIM} times the agent's memory for ${FEW}`,
  run,
};

async function run({ say }: BenchmarkOptions): Promise<BenchmarkResult> {
  const world = await openExampleWorld('javascript');
  try {
    const few = await trainWith(world, FEW);
    say(`${FEW} lines: ${few.seconds.toFixed(1)} s, agent ${megabytes(few.peakBytes)} MB`);
    const many = await trainWith(world, LINES);
    say(`${LINES} lines: ${many.seconds.toFixed(1)} s, agent ${megabytes(many.peakBytes)} MB`);
    const ratio = Math.round((100 * many.peakBytes) / few.peakBytes) / 100;
    return {
      ratio,
      aim: AIM,
      ok: ratio <= AIM && few.inOrder && many.inOrder,
      inOrder: many.inOrder,
      lines: LINES,
      seconds: Math.round(many.seconds * 10) / 10,
      linesPerSecond: Math.round(LINES / (many.seconds - few.seconds)),
      agentPeakMB: megabytes(many.peakBytes),
      agentPeakFewMB: megabytes(few.peakBytes),
    };
  } finally {
    await world.close();
  }
}

/** `seconds`: from the agent's start to its end. */
async function trainWith(world: ExampleWorld, lines: number) {
  const { sha, model, dataset, policy } = await world.commit({ 'models/species/train.mjs': program(lines) });
  const job = await world.createJob(sha, { kind: 'train', model, dataset, allow: policy.data.allow });
  const started = Date.now();
  const agent = world.startAgent(job);
  let peakBytes = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      peakBytes = Math.max(peakBytes, await peakMemory(agent.process.pid!));
      await sleep(100);
    }
  })();
  await agent.ended;
  over = true;
  await watching;
  const seconds = (Date.now() - started) / 1000;
  const { status, error } = (await world.store.jobs.get(job.id))!;
  if (status !== 'succeeded') throw new Error(`the training ended as ${status}: ${error?.message}`);
  const events = (await world.store.jobs.events(job.id, { kind: 'log' })) as Extract<JobEvent, { kind: 'log' }>[];
  const printed = events.filter(({ stream }) => stream === 'stdout');
  const inOrder =
    printed.length === lines && printed.every(({ line }, index) => line.startsWith(`line ${index + 1} of `));
  return { seconds, peakBytes, inOrder };
}

/** Highest resident memory so far, in bytes; 0 where there is no /proc or the process is gone. */
async function peakMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
