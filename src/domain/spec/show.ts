import type { Json } from '../json.ts';

const LONGEST = 60;

/** A value of the author's in a message: quoted, on one line, cut. */
export function show(value: Json | undefined): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a mapping';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** `a, b, c`, or the first twelve and how many more. */
export function showList(words: readonly string[]): string {
  if (words.length === 0) return 'none';
  const shown = words.slice(0, 12).join(', ');
  return words.length > 12 ? `${shown} and ${words.length - 12} more` : shown;
}
