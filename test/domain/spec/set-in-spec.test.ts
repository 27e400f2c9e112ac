import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { moveWindow, setInSpec, setParams, setReference } from '../../../src/domain/spec/set-in-spec.ts';
import { DATASET, flightFiles, MODEL } from './flights.ts';

const lines = (text: string): string[] => text.split('\n');
const changedLines = (before: string, after: string): string[] =>
  lines(after).filter((line, index) => line !== lines(before)[index]);

test('moving the window changes its line only and keeps the quotes', () => {
  const before = flightFiles().get(DATASET)!;
  const after = moveWindow(before, { from: '2001-02-01', to: '2001-03-01' });
  expect(changedLines(before, after)).toEqual(['window: { column: date, from: "2001-02-01", to: "2001-03-01" }']);
});

test('parameters are changed in place and new ones added behind them', () => {
  const before = flightFiles().get(MODEL)!;
  const after = setParams(before, { epochs: 30, hidden: [8], optimizer: 'adam', label: 'true', warmup: 0.5 });
  expect(changedLines(before, after)).toHaveLength(1);
  expect(parse(after).train.params).toEqual({
    ...parse(before).train.params,
    epochs: 30,
    hidden: [8],
    optimizer: 'adam',
    label: 'true',
    warmup: 0.5,
  });
});

test.each([
  [
    'block mapping, with comments',
    'a:\n  b: 1 # one\n  c: foo # two\nd: 1\n',
    ['a', 'z'],
    5,
    'a:\n  b: 1 # one\n  c: foo # two\n  z: 5\nd: 1\n',
  ],
  ['value with a comment', 'a: 1 # one\n', ['a'], 2, 'a: 2 # one\n'],
  ['entry of a list', 'a:\n  - {name: q, v: 1}\n', ['a', 0, 'v'], '@x', 'a:\n  - {name: q, v: "@x"}\n'],
  ['block text', 'a: |\n  text\nb: 1\n', ['a'], 's', 'a: s\nb: 1\n'],
  ['nothing there yet', 'x: 1\n', ['a', 'b'], 1, 'x: 1\na:\n  b: 1\n'],
  ['Windows line ends', 'a: 1\r\nb: 2\r\n', ['a'], 3, 'a: 3\r\nb: 2\r\n'],
])('%s', (_what, text, pointer, value, expected) => {
  expect(setInSpec(text, pointer, value)).toBe(expected);
});

test.each([
  ['training', 'window: 1d\nreference: training # as trained\nopen: { after: 2 }\n'],
  ['nothing', 'window: 1d\nopen: { after: 2 } # two\n'],
  ['other days', 'reference: { from: "2024-01-01", to: "2024-01-08" } # quiet days\nwindow: 1d\n'],
  ['other days in lines', 'reference:\n  from: "2024-01-01" # new year\n  to: "2024-01-08"\nwindow: 1d\n'],
])('days become the reference where there was %s; comments and all else stay', (_what, before) => {
  const after = setReference(before, { from: '2024-03-02', to: '2024-03-05' });
  expect(parse(after)).toEqual({ ...parse(before), reference: { from: '2024-03-02', to: '2024-03-05' } });
  expect(after.match(/#.*/g)).toEqual(before.match(/#.*/g));
  const kept = (text: string) => lines(text).filter((line) => !/reference|from|to:/.test(line));
  expect(kept(after)).toEqual(kept(before));
});

test('a text that cannot be parsed, and a way that leads through a scalar, are refused', () => {
  expect(() => setInSpec('a: [', ['a'], 1)).toThrow(expect.objectContaining({ code: 'config/invalid-spec' }));
  expect(() => setInSpec('a: 1', ['a', 'b'], 1)).toThrow(expect.objectContaining({ code: 'config/invalid-spec' }));
});
