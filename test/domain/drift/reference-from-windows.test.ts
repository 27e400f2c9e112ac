import { expect, it } from 'vitest';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { gridOf } from '../../../src/domain/drift/make-profile.ts';
import { mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import { referenceFromWindows } from '../../../src/domain/drift/reference-from-windows.ts';
import { type Change, NOTHING_ELSE, observe, referenceOf, rows } from './sample-windows.ts';

const training = {
  ...referenceOf(rows(10_000, 1), { by: ['origin'], blocks: 16 }),
  promised: [{ metric: 'roc_auc', value: 0.7, lower: 0.69, upper: 0.71 }],
  calibration: [[0.5, 0.4]] as [number, number][],
};
const changed: Change = (row, i) => ({ ...row, distance: row.distance! + 1, origin: i % 5 ? row.origin : 'ZZZ' });
const windows = Array.from({ length: 20 }, (_, i) => observe(rows(500, 10 + i, changed), { by: ['origin'] }));
const accepted = referenceFromWindows(training, mergeWindowProfiles(windows), windows);

it('lies on the grids of the training and keeps what was promised', () => {
  expect(accepted.rows).toBe(10_000);
  expect(accepted.columns.map(gridOf)).toEqual(training.columns.map(gridOf));
  expect(accepted).toMatchObject({
    promised: training.promised,
    calibration: training.calibration,
    groups: [{ by: 'origin' }],
  });
  expect(accepted.columns[0]).toMatchObject({
    measure: { of: 'value', column: 'distance' },
    overDispersion: { rows: 500 },
  });
});

it('makes usual what was a finding against the training, new values too', () => {
  const window = observe(rows(2000, 99, changed));
  expect(judgeWindow({ ...NOTHING_ELSE, reference: training, window }).verdict).toBe('bad');
  expect(judgeWindow({ ...NOTHING_ELSE, reference: accepted, window })).toMatchObject({ verdict: 'good', clear: true });
  expect(judgeWindow({ ...NOTHING_ELSE, reference: accepted, window: observe(rows(2000, 98)) }).verdict).toBe('bad');
});

it('does not watch what the accepted span has not', () => {
  const without = windows.map((_, i) => observe(rows(500, 10 + i), { leaveOut: ['miles'] }));
  const { columns } = referenceFromWindows(training, mergeWindowProfiles(without), without);
  expect(columns.map(({ column }) => column)).toEqual(['distance', 'hour', 'origin']);
});
