import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { globTrouble, pathMatcher } from '../../../src/domain/spec/glob.ts';

const OPTIONS = { dot: true, noextglob: true, nonegate: true };

test.each([
  ['models/**/model.yaml', 'models/model.yaml', true],
  ['models/**/model.yaml', 'models/a/b/model.yaml', true],
  ['models/**/model.yaml', 'models/a/model.yaml.bak', false],
  ['data/*.yaml', 'data/a/b.yaml', false],
  ['lib/**', 'lib/.hidden/x', true],
  ['lib/**', 'lib', false],
  ['**', '.a/b', true],
  ['*.{yaml,yml}', 'a.yml', true],
  ['{a,b}/{c,d}', 'b/c', true],
  ['v[0-9].bin', 'v7.bin', true],
  ['v[0-9].bin', 'vx.bin', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a.b', 'axb', false],
  ['A', 'a', false],
])('%s on %s: %s', (glob, path, expected) => expect(pathMatcher([glob])(path)).toBe(expected));

test('agrees with picomatch', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 4 });
  const glob = fc
    .array(fc.oneof(segment, fc.constant('**'), fc.constantFrom('[ab]', '{a,b.a}')), { minLength: 1, maxLength: 4 })
    .map((segments) => segments.join('/'))
    .filter((text) => globTrouble(text) === undefined);
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 3 });
  const path = fc
    .array(
      // For `*.*` alone picomatch wants something behind the dot; a shell does not, nor do we.
      name.filter((text) => !text.endsWith('.')),
      { minLength: 1, maxLength: 4 },
    )
    .map((segments) => segments.join('/'));
  fc.assert(
    fc.property(glob, path, (pattern, text) => {
      // To picomatch `a/**` is a as well; a file of that name is not in the folder.
      fc.pre(!(pattern.endsWith('/**') && picomatch(pattern.slice(0, -3), OPTIONS)(text)));
      expect(pathMatcher([pattern])(text), `${pattern} on ${text}`).toBe(picomatch(pattern, OPTIONS)(text));
    }),
    { numRuns: 3_000 },
  );
});

describe('hostile', () => {
  // A matcher that backtracks would take hours over these; the test's own time limit tells.
  test('globs on long paths come to an end', () => {
    const glob = `${'*a'.repeat(100)}*b`;
    expect(globTrouble(glob)).toBeUndefined();
    expect(pathMatcher([glob])('a'.repeat(4_000))).toBe(false);
    expect(pathMatcher([`${'**/a/'.repeat(50)}b`])('a/'.repeat(2_000))).toBe(false);
  });

  test.each([
    ['/etc/*', /relative/],
    ['a/../b', /\.\./],
    ['+(a|b)*', /must use/],
    ['!a', /must use/],
    ['a**b', /whole segment/],
    ['{a,b', /braces/],
    ['{a,b}'.repeat(20), /braces/],
    ['.git/config', /\.git/],
    ['a\\b', /\//],
  ])('%s is refused', (glob, reason) => expect(globTrouble(glob)).toMatch(reason));
});
