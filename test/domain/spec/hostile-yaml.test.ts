import { expect, test } from 'vitest';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import { problemsOf } from './flights.ts';

const laughs = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}*a]`),
].join('\n');

const HOSTILE: [string, string, RegExp][] = [
  ['nothing at all', '', /empty/],
  ['only a comment', '# nothing\n', /empty|mapping/],
  ['a list', '- 1\n- 2\n', /must be a mapping/],
  ['a file of 300 KiB', `kind: Dataset # ${'x'.repeat(300 * 1024)}`, /larger than 256 KiB/],
  ['nesting that would end the stack', '['.repeat(20_000), /./],
  ['nesting that would not', `kind: Dataset\nx: ${'['.repeat(40)}${']'.repeat(40)}\n`, /deeper than 32/],
  ['a billion laughs', laughs, /aliases/],
  ['many documents', 'kind: Dataset\n---\nkind: Model\n', /second document/],
  ['a key twice', 'kind: Dataset\nkind: Model\n', /"kind" is given twice/],
  ['20,000 keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'), /"kind" is missing/],
  ['a prototype', 'kind: Dataset\n__proto__: {x: 1}\nconstructor: 1\n', /unknown key "__proto__"/],
  ['a number that is none', 'kind: Dataset\nname: .nan\n', /finite/],
  ['a tag of another language', 'kind: !!js/function "x"\n', /tag/i],
  ['broken syntax', 'kind: Dataset\n  name: [x\n', /./],
  ['a key that is a list', '? [a, b]\n: 1\n', /plain word/],
  ['control characters', 'kind: "Data\\0set"\n', /no kind/],
];

test.each(HOSTILE)('%s is a problem on a line, never a crash', (_what, text, message) => {
  const problems = problemsOf({ 'data/hostile.yaml': text }).filter((problem) =>
    problem.startsWith('data/hostile.yaml:'),
  );
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join('\n')).toMatch(message);
  expect(problems.length).toBeLessThanOrEqual(30);
});

test.each(HOSTILE.filter(([, text]) => text.length < 10_000))('%s as the policy gives no policy', (_what, text) => {
  const { policy, problems } = parsePolicy({ path: 'sluice.yaml', text });
  expect(policy).toBeUndefined();
  expect(problems.length).toBeGreaterThan(0);
});
