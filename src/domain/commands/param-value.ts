import type { Json } from '../json.ts';

const LONGEST = 200;

/**
 * The value of `key=value`: numbers, `true`, `false`, `null` and flat lists of them as in JSON; `"…"` is text; any other
 * printable word is text too. Undefined when it is none of them.
 */
export function paramValue(word: string): Json | undefined {
  if (word === '' || word.length > LONGEST || !/^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(word)) return undefined;
  if (/^[[{"]/.test(word)) {
    const value = parsed(word);
    if (typeof value === 'string') return value;
    return Array.isArray(value) && value.every(isScalar) ? value : undefined;
  }
  if (/^[+-]?(?:\d|\.\d)/.test(word)) {
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
    if (Number.isFinite(number)) return number;
    // A date or a version is text; a number that is too large is a slip.
    return Number.isNaN(number) ? word : undefined;
  }
  if (word === 'true' || word === 'false') return word === 'true';
  return word === 'null' ? null : word;
}

function isScalar(value: Json): boolean {
  return value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
