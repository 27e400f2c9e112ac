import { compileGlob, expandBraces } from './compile-glob.ts';

/** A function that tells whether a path matches any of the globs. Files and folders that begin with a dot count. */
export function pathMatcher(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs.map((glob) => {
    const fixed = /^[^*?[{]*/.exec(glob)![0];
    const matches = compileGlob(glob);
    return (path: string) => path.startsWith(fixed) && matches(path);
  });
  return (path) => matchers.some((matches) => matches(path));
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

/** As `pathTrouble`, and refuses what a glob of ours does not know or expands to too much. */
export function globTrouble(glob: string): string | undefined {
  const trouble = pathTrouble(glob);
  if (trouble !== undefined) return trouble;
  if (/[()!]/.test(glob)) return 'must use *, **, ?, [a-z] and {a,b} only';
  if (/\*\*/.test(glob.replace(/(^|\/)\*\*(?=\/|$)/g, '$1'))) return 'must use ** as a whole segment, as in a/**/b';
  if (/[{}]/.test(glob) && expandBraces(glob).some((pattern) => /[{}]/.test(pattern)))
    return 'has braces that do not match or stand for too much';
  return undefined;
}
