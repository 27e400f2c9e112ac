import { expect, it } from 'vitest';
import { judgeSettings } from '../../../src/domain/drift/judge-settings.ts';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { Measure, ReferenceColumn, ReferenceProfile } from '../../../src/domain/drift/profile.ts';
import type { Monitor } from '../../../src/domain/spec/valid-monitor.ts';
import { GRIDS, NOTHING_ELSE, observe, referenceOf, rows, SETTINGS } from './sample-windows.ts';

/** An input that is a tensor, and the numbers together, beside the columns of a row. */
const training = rows(2000, 1);
const plain = referenceOf(training);
const derived = (column: string, measure: Measure): ReferenceColumn => ({
  ...makeProfile(
    column,
    training.map(({ distance }) => distance),
    GRIDS.distance,
  ),
  measure,
});
const reference: ReferenceProfile = {
  ...plain,
  columns: [
    ...plain.columns,
    derived('picture.norm', { of: 'norm', column: 'picture' }),
    derived('picture.pc1', { of: 'component', column: 'picture', mean: [0, 0], weights: [1, 0] }),
    derived('inputs.reconstruction', { of: 'reconstruction', columns: [], components: [] }),
  ],
};
const FILES = {
  kind: 'files',
  uri: 'logs/*.parquet',
  format: 'parquet',
  timestamp: 'at',
  timezone: 'UTC',
  columns: {},
};
const settingsOf = (source: object, multivariate: boolean) =>
  judgeSettings({ ...SETTINGS, columns: { ignore: ['hour'] }, multivariate, source } as unknown as Monitor, reference);

it.each([
  ['the log of the server keeps no tensors', { kind: 'serving' }, true, ['hour', 'picture.norm', 'picture.pc1']],
  ['what is posted has no tensors', { kind: 'observations' }, true, ['hour', 'picture.norm', 'picture.pc1']],
  ['files may have them', FILES, true, ['hour']],
  ['the columns together are not asked for', FILES, false, ['hour', 'inputs.reconstruction']],
])('%s', (_what, source, multivariate, ignore) => {
  expect(settingsOf(source, multivariate)).toEqual({ ...SETTINGS, ignore });
});

it('expects no tensors of a log that keeps none, and misses them in files', () => {
  const window = observe(rows(1000, 2));
  const judge = (source: object) =>
    judgeWindow({ ...NOTHING_ELSE, reference, window, settings: settingsOf(source, false) });
  const served = judge({ kind: 'serving' });
  expect(served).toMatchObject({ verdict: 'good', reasons: [] });
  expect(served.columns.map(({ column }) => column).sort()).toEqual(['distance', 'miles', 'origin']);
  const broken = judge(FILES).columns.filter((finding) => finding.broken !== undefined);
  expect(broken.map(({ column }) => column)).toEqual(['picture.norm', 'picture.pc1']);
});
