/** `ours.ts FILE REFERENCE TIMESTAMP`: profiles a Parquet file on a reference and judges it; prints seconds and peak memory. */
import { readFile } from 'node:fs/promises';
import { profilePartition } from '../../src/adapters/drift-source/profile-partition.ts';
import { repeatingColumns } from '../../src/adapters/drift-source/rows/repeating-columns.ts';
import { quote, withSession } from '../../src/adapters/drift-source/session.ts';
import { judgeWindow } from '../../src/domain/drift/judge-window.ts';
import type { ReferenceProfile } from '../../src/domain/drift/profile.ts';

const [file = '', referenceFile = '', timestamp = ''] = process.argv.slice(2);
const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as ReferenceProfile;
/** Everything is one window. */
const windowMs = 1e14;
const started = performance.now();
const cpu = process.cpuUsage();
const { windows } = await withSession(async (session) => {
  const repeating = await repeatingColumns(session, [file]);
  return profilePartition({
    session,
    isRepeating: (column) => repeating.has(column),
    relation: `read_parquet(${quote(file)})`,
    uri: file,
    stamp: '1',
    columns: { nameOf: (column) => column },
    timestamp,
    windowMs,
    reference,
    model: { task: 'regression', signature: { inputs: [], output: { name: 'y' } } },
  });
});
const profiled = performance.now();
const verdicts = windows.map(({ from, profile }) =>
  judgeWindow({
    reference,
    window: profile,
    trailing: [],
    quality: [],
    performance: [],
    estimates: [],
    settings: { effect: 0.1, minRows: 350, falseDiscoveryRate: 0.05, seasonality: 'none', ignore: [] },
    from,
    to: from + windowMs,
  }),
);
const judged = performance.now();
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    seconds: (judged - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    judgeSeconds: (judged - profiled) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    rows: windows.reduce((sum, { profile }) => sum + profile.rows, 0),
    columns: windows[0]?.profile.columns.length,
    verdict: verdicts.map(({ verdict }) => verdict).join(' '),
  }),
);
