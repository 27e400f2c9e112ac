import { MAX_NAME_LENGTH, NAME_PATTERN } from '../spec/valid.ts';

export function isName(word: string): boolean {
  return word.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(word);
}

/** What a person wrote, in a message: printable, on one line, cut. */
export function quote(word: string): string {
  const printable = word.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return `"${printable.length > 40 ? `${printable.slice(0, 39)}…` : printable}"`;
}
