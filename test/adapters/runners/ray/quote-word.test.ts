import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteWord } from '../../../../src/adapters/runners/ray/quote-word.ts';

const readBack = (shell: string, words: string[]) =>
  JSON.parse(
    execFileSync(
      shell,
      [
        '-c',
        ['exec', process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...words]
          .map(quoteWord)
          .join(' '),
      ],
      { encoding: 'utf8' },
    ),
  );

test.each([
  ['sluice', 'sluice'],
  ['--server', '--server'],
  ['https://sluice.example/agent', 'https://sluice.example/agent'],
  ['', `''`],
  ['it is', `'it is'`],
  [`it's`, `'it'\\''s'`],
  ['$HOME', `'$HOME'`],
  ['A=b', `'A=b'`],
  ['~', `'~'`],
])('%j is written %s', (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});

test('a shell reads back every list of words as it was', () => {
  const word = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...`'"\\$\`!*?[]{}()<>|&;#~=%^ \t\n\ra`) }),
    fc.string({ unit: 'grapheme' }),
  );
  const words = fc.array(
    word.map((text) => text.replaceAll('\0', '')),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fc.constantFrom('dash', 'bash'), words, (shell, list) => {
      expect(readBack(shell, list)).toEqual(list);
    }),
    { numRuns: 15 },
  );
});

test('what no program can be given is refused', () => {
  expect(() => quoteWord('a\0b')).toThrow(expect.objectContaining({ code: 'config/invalid-input' }));
});
