import { compareVersions } from './compare-versions.ts';

/** Those of the names that are like the pinned one and have greater digits, greatest first. */
export function newerVersions(pinned: string, names: readonly string[]): string[] {
  return names
    .filter((name) => (compareVersions(name, pinned) ?? 0) > 0)
    .sort((a, b) => (compareVersions(b, a) as number) || (a < b ? -1 : 1));
}
