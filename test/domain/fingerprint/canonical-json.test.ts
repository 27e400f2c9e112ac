import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/fingerprint/canonical-json.ts';

describe('canonical JSON', () => {
  it('is the same whatever the order of the keys, without what is undefined', () => {
    const text = '{"a":[1,"x",null],"b":{"c":true,"d":0.1}}';
    expect(canonicalJson({ b: { d: 0.1, c: true, e: undefined }, a: [1, 'x', null] })).toBe(text);
    expect(canonicalJson({ a: [1, 'x', null], b: { c: true, d: 0.1 } })).toBe(text);
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [() => 1, 'a value of type function'],
  ])('has no place for %s, and says where it is', (odd, what) => {
    expect(() => canonicalJson({ a: [1, { b: odd }] })).toThrow(`no canonical JSON for ${what} at $.a[1].b`);
  });
});
