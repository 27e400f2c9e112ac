import type { ChangedParts } from '../plan/plan.ts';

const VERSION = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

type Numbers = [number, number, number];

/** `1.2.0`; no `v`, no pre-release: a version is released or it is none. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/**
 * The version of the next release: major when the signature changes (callers must adapt), minor when code or parameters
 * do (the model is another), patch when only data does (the same model learnt again).
 */
export function nextVersion(
  existing: readonly string[],
  parts: Pick<ChangedParts, 'signature' | 'code' | 'params'>,
): string {
  const newest = existing.filter(isVersion).sort(compareVersions).at(-1);
  if (newest === undefined) return '1.0.0';
  const [major, minor, patch] = numbersOf(newest);
  if (parts.signature) return `${major + 1}.0.0`;
  return parts.code || parts.params ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function numbersOf(version: string): Numbers {
  const match = VERSION.exec(version);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : [-1, -1, -1];
}
