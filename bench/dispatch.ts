/**
 * How long after a webhook a training command begins, on the local runner: the real server, a real forge over HTTP, a
 * real agent; the data lies outside the repository and is read while the code is checked out. Beside it what could not be
 * saved (./dispatch/floor.ts), measured in turns on the same machine.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFixture } from '../test/e2e/harness/fixture.ts';
import { completed, createPeople } from '../test/e2e/harness/people.ts';
import { FULL, NAME, OWNER, startWorld } from '../test/e2e/harness/start-world.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from './benchmark.ts';
import { startBuiltServer } from './dispatch/built-server.ts';
import { type Floor, measureFloor } from './dispatch/floor.ts';
import { MARKER, type Mark } from './dispatch/marker.ts';
import { type Phases, readPhases } from './dispatch/phases.ts';
import { quantile } from './quantile.ts';

const RUNS = 50;
const AIM = 2;
const PATIENCE_MS = 60_000;

/** Who pushes does so this long after the last job at the earliest: what follows a job is over by then. */
const PAUSE_MS = 2_000;

type Sample = { head: string; webhook: number; begun: number; floor: Floor };

export const dispatch: Benchmark = {
  about: `webhook to the first instruction of the training command, ${RUNS} runs; aim: ${AIM} times the floor`,
  run,
};

async function run({ runs = RUNS, say }: BenchmarkOptions): Promise<BenchmarkResult> {
  const tiny = await readFixture('tiny');
  const world = await startWorld({
    'sluice.yaml': tiny['sluice.yaml']!.replace('allow: ["data/"]', 'allow: ["file:"]'),
    'data/bought.yaml': tiny['data/bought.yaml']!.replace('uri: data/visits.csv', 'uri: file:visits.csv'),
    'mark.mjs': MARKER,
  });
  await mkdir(world.config.dataRoot, { recursive: true });
  await writeFile(path.join(world.config.dataRoot, 'visits.csv'), tiny['data/visits.csv']!);
  const people = createPeople(world);
  const sent = new Map<string, number>();
  // the push is told before, in a webhook of its own; the one about the pull request asks for the training
  world.forge.onDelivery(({ event, request, deliveredAt }) => {
    const { pull_request: pull } = request.payload as { pull_request?: { head: { sha: string } } };
    const at = Date.parse(deliveredAt);
    if (event === 'pull_request' && pull) sent.set(pull.head.sha, Math.min(at, sent.get(pull.head.sha) ?? at));
  });
  const url = `http://x-access-token:${world.forge.createUser('reader')}@${world.forge.host}/${FULL}.git`;
  world.forge.addCollaborator(FULL, 'reader', 'read');
  let server: Awaited<ReturnType<typeof startBuiltServer>> | undefined;
  try {
    server = await startBuiltServer(world);
    world.forge.installApp(OWNER, [NAME]);
    const samples: Sample[] = [];
    // the first one opens the pull request and warms both sides up
    for (let index = 0; index <= runs; index += 1) {
      const mark = path.join(world.folder, `mark-${index}.json`);
      const files = { 'models/marker/model.yaml': spec(tiny['models/bought/model.yaml']!, mark) };
      const head = index === 0 ? (await people.openPull('marker', files)).head : await people.push('marker', files);
      const { now: begun } = await readMark(mark);
      await people.check(head, 'sluice/train: marker', completed);
      await world.forge.idle();
      await sleep(PAUSE_MS);
      const webhook = sent.get(head)!;
      const floor = await measureFloor(path.join(world.folder, 'floor'), url, head);
      if (index > 0) samples.push({ head, webhook, begun, floor });
      say(`${index}/${runs}: ${begun - webhook} ms; floor ${floor.checkoutMs + floor.spawnMs} ms`);
    }
    await server.stop();
    return summary(samples, await readPhases(world.config.stateFolder, samples));
  } finally {
    await server?.stop();
    await world.close();
  }
}

/** A model whose training is the marker; each has another parameter, hence another fingerprint. */
function spec(model: string, mark: string): string {
  return model
    .replace('name: bought\n', 'name: marker\n')
    .replace('[node, lib/train.mjs]', '[node, mark.mjs]')
    .replace('"lib/**"', '"mark.mjs"')
    .replace(/params: \{.*\}/, `params: { mark: ${JSON.stringify(mark)} }`);
}

async function readMark(file: string): Promise<Mark> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as Mark;
    if (Date.now() > end) throw new Error(`no training command began within ${PATIENCE_MS / 1000} s`);
    await sleep(20);
  }
}

function summary(samples: Sample[], phases: Phases[]): BenchmarkResult {
  const of = (figure: (sample: Sample) => number, share: number) => Math.round(quantile(samples.map(figure), share));
  const dispatchMs = ({ begun, webhook }: Sample) => begun - webhook;
  const floorMs = ({ floor }: Sample) => floor.checkoutMs + floor.spawnMs;
  const phase = (name: keyof Phases) =>
    Math.round(
      quantile(
        phases.map((one) => one[name]),
        0.5,
      ),
    );
  const ratio = round(of(dispatchMs, 0.5) / of(floorMs, 0.5));
  return {
    ratio,
    aim: AIM,
    ok: ratio <= AIM,
    ratioP95: round(of(dispatchMs, 0.95) / of(floorMs, 0.95)),
    runs: samples.length,
    p50Ms: of(dispatchMs, 0.5),
    p95Ms: of(dispatchMs, 0.95),
    floorP50Ms: of(floorMs, 0.5),
    floorP95Ms: of(floorMs, 0.95),
    floorCheckoutP50Ms: of(({ floor }) => floor.checkoutMs, 0.5),
    floorSpawnP50Ms: of(({ floor }) => floor.spawnMs, 0.5),
    plannedP50Ms: phase('planned'),
    handedP50Ms: phase('handed'),
    claimedP50Ms: phase('claimed'),
    checkedOutP50Ms: phase('checkedOut'),
    splitP50Ms: phase('split'),
    begunP50Ms: phase('begun'),
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
