import { describe, expect, test } from 'vitest';
import { holds, interpolate, interpolateText, type Progress } from '../../src/forge/ci/expressions.ts';
import { passesFilter } from '../../src/forge/ci/glob.ts';
import { expandMatrix } from '../../src/forge/ci/matrix.ts';
import { parseFileCommands } from '../../src/forge/ci/step-files.ts';
import { createCommandReader, parseCommand } from '../../src/forge/ci/workflow-commands.ts';

/** Cases of https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions */
describe('expressions', () => {
  /** Written here without the dollar, which lint takes for a forgotten template. */
  const dollared = (text: string): string => text.replaceAll('{{', '$' + '{{');
  const contexts = { github: { ref: 'refs/heads/main', event: { n: 3 } }, inputs: { flag: false, list: '["a","b"]' } };

  test.each([
    ['{{ github.event.n }}', 3],
    ['{{ fromJSON(inputs.list) }}', ['a', 'b']],
    ['{{ inputs.flag }}', false],
    ['{{ inputs.none }}', null],
    ["{{ format('{0} it''s {1}', 'so', github.event.n) }}", "so it's 3"],
    ['a {{ github.event.n }} b {{ inputs.flag }}', 'a 3 b false'],
    ["{{ contains('Hello world', 'LLO') && '}}' }}", '}}'],
    ['no expression', 'no expression'],
  ])('%s', (text, value) => {
    expect(interpolate(dollared(text), contexts)).toEqual(value);
  });

  test('what is null is nothing in a text', () => {
    expect(interpolateText(dollared('[{{ inputs.none }}]'), contexts)).toBe('[]');
  });

  test.each<[string | undefined, Progress, boolean]>([
    [undefined, 'success', true],
    [undefined, 'failure', false],
    ["github.ref == 'refs/heads/main'", 'success', true],
    ["github.ref == 'refs/heads/main'", 'failure', false],
    ["{{ github.ref == 'refs/heads/main' }}", 'cancelled', false],
    ['always()', 'cancelled', true],
    ['{{ !cancelled() }}', 'cancelled', false],
    ['{{ !cancelled() }}', 'failure', true],
    ['failure()', 'failure', true],
    ['failure()', 'cancelled', false],
    ['success() || failure()', 'skipped', false],
    ["'always()' == 'x'", 'success', false],
    ['inputs.none', 'success', false],
  ])('if: %s after %s', (condition, progress, runs) => {
    expect(holds(condition && dollared(condition), contexts, progress)).toBe(runs);
  });

  test('a function that there is not is told', () => {
    expect(() => interpolate(dollared('{{ magic() }}'), contexts)).toThrow(/magic/);
  });
});

test('commands have properties and escapes, and can be switched off', () => {
  expect(parseCommand('::error file=a.py,line=3,title=Bad%3A%2C::50%25%0Amore: b')).toEqual({
    name: 'error',
    properties: { file: 'a.py', line: '3', title: 'Bad:,' },
    message: '50%\nmore: b',
  });
  expect(parseCommand('see std::vector::size')).toBeUndefined();
  const written: string[] = [];
  const masked: string[] = [];
  const read = createCommandReader({
    write: (line) => void written.push(line),
    mask: (value) => void masked.push(value),
    annotate: () => undefined,
  });
  for (const line of [
    '::stop-commands::token',
    '::add-mask::a',
    '::token::',
    '::add-mask::b',
    '::group::G',
    '::debug::d',
  ]) {
    read(line);
  }
  expect(written).toEqual(['::add-mask::a', '##[group]G']);
  expect(masked).toEqual(['b']);
});

test('files of outputs take lines and blocks', () => {
  expect(parseFileCommands('a=1=2\nb<<END\none\n\ntwo=2\nEND\nc=\n')).toEqual([
    ['a', '1=2'],
    ['b', 'one\n\ntwo=2'],
    ['c', ''],
  ]);
  expect(() => parseFileCommands('b<<END\none\n')).toThrow('Matching delimiter not found');
  expect(() => parseFileCommands('nothing')).toThrow("Invalid format 'nothing'");
});

/** https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations, "Expanding or adding matrix configurations" */
test('a matrix with includes expands as in the example of the documentation', () => {
  const include = [
    { color: 'green' },
    { color: 'pink', animal: 'cat' },
    { fruit: 'apple', shape: 'circle' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ];
  expect(expandMatrix({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'], include })).toEqual([
    { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
    { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', color: 'pink' },
    { fruit: 'pear', animal: 'dog', color: 'green' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ]);
});

test.each([
  [['main'], 'main', true],
  [['releases/**'], 'releases/a/b', true],
  [['releases/*'], 'releases/a/b', false],
  [['**', '!docs/**'], 'docs/a.md', false],
  [['**/*.py'], 'a/b/c.py', true],
  [['**/*.py'], 'c.py', true],
])('%j lets %s in: %s', (patterns, name, isIn) => {
  expect(passesFilter(patterns, name)).toBe(isIn);
});
