import { AppError } from '../../../domain/errors.ts';

/** Anything else has a meaning in some shell at some place. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One word of a POSIX shell command: within single quotes nothing has a meaning but the quote itself. A word that begins
 * with `=` or `~`, or that looks like an assignment, is quoted, too. NUL cannot be in an argument at all.
 */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new AppError('config/invalid-input', 'an argument of a command holds a NUL character');
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
