/** 100,000 lines and 10,000 metrics of one job through an agent's own process, a server and its store. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAgentWorld, tripsTask } from '../agent/agent-world.ts';
import { openCuttableProxy } from '../agent/cuttable-proxy.ts';
import { startAgent } from '../agent/start-agent.ts';

let world: Awaited<ReturnType<typeof openAgentWorld>>;
beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 20_000 });
  await writeFile(path.join(world.folder, 'trips.csv'), 'day,delay\n1,10\n2,20\n3,30\n4,40\n');
});
afterAll(() => world.close());

const LINE = ' epoch 12 loss 0.123456 accuracy 0.98765 learning rate 0.0001 and some more text';
const program = (lines: number) => `
  import fs from 'node:fs';
  const metrics = [];
  for (let line = 1; line <= ${lines}; line += 1) {
    process.stdout.write(line + ${JSON.stringify(LINE)} + '\\n');
    if (line % 10 === 0) metrics.push(JSON.stringify({ step: line, metric: 'loss', value: 1 / line }) + '\\n');
  }
  fs.writeFileSync(process.env.SLUICE_OUTPUT + '/metrics.jsonl', metrics.join(''));
  fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');
`;

/** With a line that is cut now and then, while more is written than what fits into memory quickly. */
async function play(lines: number) {
  const line = await openCuttableProxy(world.url);
  const made = await world.trainJob(program(lines));
  await world.store.jobs.update(made.job.id, (job) => ({ ...job, task: tripsTask(job.task) }));
  const agent = startAgent(world, made.token, { serverUrl: line.url });
  let peak = 0;
  let cuts = 0;
  const timer = setInterval(async () => {
    peak = Math.max(peak, await agent.peakMemory());
    if (line.isWhole() && lines > 1_000 && line.sent() > 2e6 * (cuts + 1)) {
      cuts += 1;
      line.cut();
    } else line.mend();
  }, 50);
  const code = await agent.ended;
  clearInterval(timer);
  await line.close();
  const events = await world.store.jobs.events(made.job.id, {});
  expect(code, `${agent.said()} ${JSON.stringify((await world.store.jobs.get(made.job.id))!.error)}`).toBe(0);
  return { events, peak, cuts };
}

test('100,000 lines arrive in order, none twice, and the agent does not grow with them', async () => {
  const short = await play(1_000);
  const long = await play(100_000);
  expect(long.cuts).toBeGreaterThan(1);
  expect(long.events.every(({ seq }, index) => seq === index + 1)).toBe(true);
  const lines = long.events.flatMap((event) => (event.kind === 'log' && event.stream === 'stdout' ? [event.line] : []));
  expect(lines.length).toBe(100_000);
  expect(lines.every((line, index) => line === `${index + 1}${LINE}`)).toBe(true);
  const steps = long.events.flatMap((event) => (event.kind === 'metric' ? [event.step] : []));
  expect(steps).toEqual(Array.from({ length: 10_000 }, (_, index) => (index + 1) * 10));
  // 10 MB of text, which as objects would take a multiple of it
  expect(long.peak - short.peak).toBeLessThan(120 * 2 ** 20);
}, 90_000);
