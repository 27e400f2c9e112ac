import { codeFiles, type TreeEntry } from './code-files.ts';
import { digestOf } from './digest.ts';

/** `sha256:<hex>` over path, mode and blob of the files that training depends on. */
export function codeDigest(tree: readonly TreeEntry[], globs: readonly string[], specPath?: string): string {
  return digestOf(codeFiles(tree, globs, specPath).map(({ path, mode, sha }) => [path, mode, sha]));
}
