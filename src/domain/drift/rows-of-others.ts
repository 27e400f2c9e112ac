import type { WindowProfile } from './profile.ts';

/** Rows that another version than the judged one answered, a canary or the one before: it may have other inputs. */
export function rowsOfOthers({ versions }: Pick<WindowProfile, 'versions'>, judged: string | undefined): number {
  if (judged === undefined) return 0;
  return versions.reduce((sum, [version, rows]) => (version === judged ? sum : sum + rows), 0);
}
