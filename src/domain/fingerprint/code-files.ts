import { pathMatcher } from '../spec/glob.ts';

/** A blob of a commit: path, git's object name and mode (`100644`, `100755`, `120000`). */
export type TreeEntry = { path: string; sha: string; mode: string };

// Explanations in words never reach the training; a typo in one shall cost nothing.
const README = /(?:^|\/)readme(?:\.(?:md|markdown|rst|txt))?$/i;

/** The files that training depends on, sorted by path. The model's own spec counts by its fields, not by its text. */
export function codeFiles(tree: readonly TreeEntry[], globs: readonly string[], specPath?: string): TreeEntry[] {
  const matches = pathMatcher(globs);
  const files = tree.filter(({ path }) => matches(path) && path !== specPath && !README.test(path));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
