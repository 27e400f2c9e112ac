/**
 * `increment.ts FILE REFERENCE PROFILES`: profiles one new partition, adds it to those that are stored, judges the sum;
 * prints seconds, and those that went into the new rows.
 */
import { readFile } from 'node:fs/promises';
import { profilePartition } from '../../src/adapters/drift-source/profile-partition.ts';
import { quote } from '../../src/adapters/drift-source/session.ts';
import { judgeWindow } from '../../src/domain/drift/judge-window.ts';
import { mergeWindowProfiles } from '../../src/domain/drift/merge-profiles.ts';
import type { ReferenceProfile, WindowProfile } from '../../src/domain/drift/profile.ts';

const [file = '', referenceFile = '', profilesFile = ''] = process.argv.slice(2);
const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as ReferenceProfile;
const windowMs = 86_400_000;
const started = performance.now();
const stored = JSON.parse(await readFile(profilesFile, 'utf8').catch(() => '[]')) as WindowProfile[];
const read = performance.now();
const { windows } = await profilePartition({
  relation: `read_parquet(${quote(file)})`,
  uri: file,
  stamp: '1',
  columns: { nameOf: (column) => column },
  timestamp: '0',
  windowMs,
  reference,
  model: { task: 'regression', signature: { inputs: [], output: { name: 'y' } } },
});
const profiles = windows.map(({ profile }) => profile);
const profiled = performance.now();
const { verdict } = judgeWindow({
  reference,
  window: mergeWindowProfiles([...stored, ...profiles]),
  trailing: [],
  quality: [],
  performance: [],
  estimates: [],
  settings: { effect: 0.1, minRows: 350, falseDiscoveryRate: 0.05, seasonality: 'none', ignore: [] },
  from: 0,
  to: windowMs,
});
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, newRowsSeconds: (profiled - read) / 1000, verdict, profiles }));
