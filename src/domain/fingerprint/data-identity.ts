import type { Json } from '../json.ts';
import { pathMatcher } from '../spec/glob.ts';
import { parseLocation } from '../spec/location.ts';
import type { Dataset } from '../spec/valid.ts';
import type { TreeEntry } from './code-files.ts';

/**
 * What decides which rows a training command sees. Of a source in the repository that is the blobs (a DVC or LFS
 * pointer stands for its data), of one outside it the declared digest where there is one, else its address only.
 */
export function dataIdentity(dataset: Dataset, tree: readonly TreeEntry[]): Json {
  const { uri, format, sha256 } = dataset.source;
  return {
    source: { uri, format, sha256: sha256 ?? null, blobs: sourceBlobs(uri, tree).map(({ path, sha }) => [path, sha]) },
    window: dataset.window ? { ...dataset.window } : null,
    train: dataset.splits.train,
    // Range, nullability and privacy are checked or shown, they do not change a row.
    columns: dataset.columns.map(({ name, type, sql, role }) => [name, type, sql ?? null, role ?? null]),
  };
}

/**
 * What decides which rows a split has and what is known of them, whatever a model reads of them: other features make no
 * other holdout.
 */
export function splitIdentity(dataset: Dataset, split: string, tree: readonly TreeEntry[]): Json {
  const { uri, format, sha256 } = dataset.source;
  const label = dataset.columns.find(({ role }) => role === 'label');
  return {
    source: { uri, format, sha256: sha256 ?? null, blobs: sourceBlobs(uri, tree).map(({ path, sha }) => [path, sha]) },
    window: dataset.window ? { ...dataset.window } : null,
    rows: dataset.splits[split] ?? null,
    label: label ? [label.name, label.type, label.sql ?? null] : null,
  };
}

/** The blobs of a source in the repository (a file, a folder or a glob), sorted by path; of another source none. */
export function sourceBlobs(uri: string, tree: readonly TreeEntry[]): TreeEntry[] {
  const matches = sourceMatcher(uri);
  return tree.filter(({ path }) => matches(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a path belongs to a source in the repository. */
export function sourceMatcher(uri: string): (path: string) => boolean {
  const location = parseLocation(uri);
  if ('trouble' in location || location.kind !== 'repository') return () => false;
  const folder = location.path.endsWith('/') ? location.path : `${location.path}/`;
  const matches = pathMatcher([location.path]);
  return (path) => path === location.path || path.startsWith(folder) || matches(path);
}
