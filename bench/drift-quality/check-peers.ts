/**
 * `npx tsx bench/drift-quality/check-peers.ts`: are the others' rules the others' rules? Runs the packages themselves on some
 * of the streams and compares scores and verdicts. Installs them once (see python-env.ts), which takes minutes.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openPythonEnv } from '../../test/integration/python/python-env.ts';
import type { Change, DrawnColumn } from './column-models.ts';
import { columnScore } from './evidently.ts';
import { distance, fitColumn } from './nannyml.ts';
import type { Reference } from './rule.ts';
import { sampled } from './rules.ts';
import { type DrawnWindow, openStream, referenceWindows, totals } from './streams.ts';
import { WORLDS } from './worlds.ts';

const CASES = ['normal', 'skewed', 'heavy-tailed', '5 to 20 categories', '50 to 500 categories', 'day effects'].flatMap(
  (name) => [100, 1_000].map((rows) => ({ name, rows })),
);
/** Of scores: p-values of ours are asymptotic. */
const TOLERANCE = { distance: 1e-9, p: 0.02 };

type Peer = {
  evidently: number[];
  sample: number[];
  nannyml: { distance: number; threshold: number; alert: boolean }[];
};

const run = promisify(execFile);
const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
try {
  const cases = CASES.map(({ name, rows }, i) => drawCase(name, rows, 77 + i));
  const file = path.join(folder, 'cases.json');
  await writeFile(file, JSON.stringify(cases.map(forPython)));
  const requirements = await readFile(new URL('./requirements.txt', import.meta.url), 'utf8');
  const python = process.env.SLUICE_PEER_PYTHON ?? (await openPythonEnv(requirements.split('\n'))).python;
  const script = new URL('./peer.py', import.meta.url).pathname;
  const { stdout } = await run(python, [script, file], { maxBuffer: 2 ** 28 });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Peer);
  const worst = { wasserstein: 0, p: 0, nannyml: 0, verdicts: 0, columns: 0 };
  for (const [i, peer] of answers.entries()) compare(cases[i]!, peer, worst);
  console.log(JSON.stringify(worst));
  process.exitCode =
    worst.verdicts === 0 && Math.max(worst.wasserstein, worst.nannyml) < TOLERANCE.distance && worst.p < TOLERANCE.p
      ? 0
      : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function drawCase(name: string, rows: number, seed: number): { reference: Reference; window: DrawnWindow } {
  const world = WORLDS.find((one) => one.name === name)!;
  const next = openStream(world, rows, seed);
  const windows = Array.from({ length: referenceWindows(world, rows) }, () => next());
  const changes = new Map<number, Change>([
    [0, { location: 0.3 }],
    [1, { nulls: 0.4 }],
  ]);
  if (world.columns[2]!.kind === 'categorical') changes.set(2, { unseen: 0.02 });
  return { reference: { columns: world.columns, windows, seasonal: false }, window: next(changes) };
}

function forPython({ reference, window }: ReturnType<typeof drawCase>) {
  const plain = (columns: (DrawnColumn | undefined)[]) =>
    columns.map((column) => ({ counts: [...column!.counts], nulls: column!.nulls, unseen: column!.unseen }));
  return {
    columns: reference.columns.map((model) => ({
      name: model.name,
      kind: model.kind,
      ...(model.kind === 'numeric' ? { values: [...model.cells.values] } : {}),
    })),
    reference: reference.windows.map(({ columns }) => plain(columns)),
    sample: plain(sampled(reference).windows[0]!.columns),
    window: plain(window.columns),
  };
}

function compare(
  { reference, window }: ReturnType<typeof drawCase>,
  peer: Peer,
  worst: { wasserstein: number; p: number; nannyml: number; verdicts: number; columns: number },
): void {
  const whole = totals(reference.windows);
  const sample = sampled(reference).windows[0]!.columns;
  reference.columns.forEach((model, i) => {
    const column = window.columns[i]!;
    const large = columnScore(model, whole[i]!, column);
    const small = columnScore(model, sample[i]!, column);
    const fitted = fitColumn(
      model,
      whole[i]!,
      reference.windows.map(({ columns }) => columns[i]!),
    );
    const ours = distance(fitted, column);
    const theirs = peer.nannyml[i]!;
    worst.columns += 1;
    worst.wasserstein = Math.max(worst.wasserstein, Math.abs(large.score - peer.evidently[i]!));
    worst.p = Math.max(worst.p, Math.abs(small.score - peer.sample[i]!));
    worst.nannyml = Math.max(
      worst.nannyml,
      Math.abs(ours - theirs.distance),
      Math.abs(fitted.threshold - theirs.threshold),
    );
    if (large.drift !== peer.evidently[i]! >= 0.1) worst.verdicts += 1;
    if (ours > fitted.threshold !== theirs.alert) worst.verdicts += 1;
  });
}
