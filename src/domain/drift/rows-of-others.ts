import type { WindowProfile } from './profile.ts';

/**
 * Rows that another version than the judged one answered, a canary or the one before: it may have other inputs. None
 * where no row is of the judged one: then the source names versions in its own way.
 */
export function rowsOfOthers({ versions }: Pick<WindowProfile, 'versions'>, judged: string | undefined): number {
  if (!versions.some(([version, rows]) => version === judged && rows > 0)) return 0;
  return versions.reduce((sum, [version, rows]) => (version === judged ? sum : sum + rows), 0);
}

/** Rows of other versions beyond this part: what was answered is of two models, and told of neither. */
const MIXED = 0.01;

export function isMixed(window: Pick<WindowProfile, 'rows' | 'versions'>, judged: string | undefined): boolean {
  return rowsOfOthers(window, judged) > MIXED * window.rows;
}
