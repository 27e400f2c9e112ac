import picomatch from 'picomatch';

// Dot files of a folder are part of it. Groups like `+(a|b)` are off: they can cost exponential time.
const OPTIONS = { dot: true, noextglob: true, nonegate: true } as const;

/** A function that tells whether a path matches any of the globs. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  return globs.length === 0 ? () => false : picomatch([...globs], OPTIONS);
}

/** Why a path or glob is not one of this repository; undefined when it is fine. */
export function pathTrouble(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'must be relative to the root of the repository';
  if (path.includes('\\')) return 'must use / between folders';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'must not hold control characters';
  const segments = path.split('/');
  if (segments.includes('..')) return 'must not leave the repository with ..';
  if (segments.some((segment, index) => segment === '.' || (segment === '' && index < segments.length - 1))) {
    return 'must not hold empty or . segments';
  }
  if (segments[0] === '.git') return 'must not reach into .git';
  return undefined;
}

/** As `pathTrouble`, and keeps matching cheap: a pattern with many stars costs polynomial time of a high degree. */
export function globTrouble(glob: string): string | undefined {
  const trouble = pathTrouble(glob);
  if (trouble !== undefined) return trouble;
  if (/[()!]/.test(glob)) return 'must use *, **, ?, [a-z] and {a,b} only';
  const stars = glob.split('/').map((segment) => (segment === '**' ? 1 : (segment.match(/\*/g)?.length ?? 0)));
  if (stars.some((count) => count > 4) || stars.reduce((sum, count) => sum + count, 0) > 8) return 'has too many stars';
  if ((glob.match(/[{[]/g)?.length ?? 0) > 8) return 'has too many groups';
  return undefined;
}
