import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInstant } from '../../../src/domain/spec/instant.ts';
import { isAllowedLocation } from '../../../src/domain/spec/location.ts';
import { parseBytes, parseDuration, parseSchedule } from '../../../src/domain/spec/units.ts';

test.each([
  ['5ms', 5],
  ['2s', 2_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0s', 0],
  ['2', undefined],
  ['2 h', undefined],
  ['-2h', undefined],
  ['1e3s', undefined],
  ['99999999d', undefined],
])('duration %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

test.each([
  ['100B', 100],
  ['50MB', 50e6],
  ['8Gi', 8 * 2 ** 30],
  ['8GiB', 8 * 2 ** 30],
  ['0.5Ki', 512],
  ['8gi', undefined],
  ['many', undefined],
])('size %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test.each([
  ['@hourly', 3_600],
  ['@daily', 86_400],
  ['30m', 1_800],
  ['5ms', undefined],
  ['@yearly', undefined],
  ['constructor', undefined],
])('schedule %s', (text, seconds) => expect(parseSchedule(text)).toBe(seconds));

test.each([
  ['2001-01-01', '2001-01-01T00:00:00.000Z'],
  ['2001-01-01 12:30', '2001-01-01T12:30:00.000Z'],
  ['2001-01-01T12:30:05+02:00', '2001-01-01T10:30:05.000Z'],
  ['2001-02-29', undefined],
  ['2001-1-1', undefined],
  ["2001-01-01'; DROP", undefined],
])('instant %s', (text, iso) => {
  const instant = parseInstant(text);
  expect(instant === undefined ? undefined : new Date(instant).toISOString()).toBe(iso);
});

test.each([
  ['data/x.csv', ['data/'], true],
  ['database/x.csv', ['data'], false],
  ['data', ['data'], true],
  ['file:flights/x.parquet', ['file:'], true],
  ['file:/etc/passwd', ['file:'], false],
  ['file:flights/../../x', ['file:flights/'], false],
  ['s3://acme-data/x', ['s3://acme-data/'], true],
  ['s3://acme-data-secret/x', ['s3://acme-data'], false],
  ['s3://acme-data/%2e%2e/x', ['s3://acme-data/'], false],
  ['http://x/data/', ['http://x/'], false],
])('%s under %s: %s', (uri, allow, allowed) => expect(isAllowedLocation(uri, allow)).toBe(allowed));

test('no location with a .. segment is ever allowed', () => {
  const segment = fc.constantFrom('a', '..', '.', '', 'b');
  fc.assert(
    fc.property(
      fc.array(segment, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('', 'file:', 's3://bucket/'),
      (path, scheme) => {
        const uri = `${scheme}${path.join('/')}`;
        return !path.includes('..') || !isAllowedLocation(uri, ['a/', 'file:', 's3://bucket/']);
      },
    ),
  );
});
