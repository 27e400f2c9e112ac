import fc from 'fast-check';
import { test } from 'vitest';
import { DATASET, DEPLOYMENT, flightFiles, MODEL, MONITOR, validate } from './flights.ts';

const files = flightFiles();

/** A spec with a piece cut out, replaced or moved: near enough to a right one to reach every rule. */
const damaged = fc
  .record({
    file: fc.constantFrom(DATASET, MODEL, DEPLOYMENT, MONITOR),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(30),
    piece: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '',
        '\n',
        ': ',
        '- ',
        '[',
        '{',
        '}',
        '"',
        "'",
        '*a',
        '&a ',
        '!!map',
        'null',
        '~',
        '1e400',
        '-1',
        '[]',
        '{}',
        '|\n',
      ),
      fc.constantFrom('name: ', 'kind: Model\n', '\t', '---\n', '<<: *x', '? ', '../', '\u0000', '\u2028'),
    ),
  })
  .map(({ file, at, length, piece }) => {
    const text = files.get(file)!;
    const start = Math.floor(at * text.length);
    return { file, text: text.slice(0, start) + piece + text.slice(start + length) };
  });

test('whatever is written, the answer is a repository or problems that lie within the file', () => {
  fc.assert(
    fc.property(damaged, ({ file, text }) => {
      const { repository, problems } = validate({ [file]: text });
      if ((repository === undefined) !== problems.some(({ level }) => level === 'error')) return false;
      return problems.every(({ path, line, column, endLine, message }) => {
        const lines = (path === file ? text : files.get(path)!).split('\n').length;
        return (
          line >= 1 && column >= 1 && line <= lines && endLine >= line && endLine <= lines && message.length < 1_000
        );
      });
    }),
    { numRuns: 300 },
  );
});
