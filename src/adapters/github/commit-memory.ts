import { LRUCache } from 'lru-cache';
import type { Pulls, SourceFiles, TreeEntry } from '../../ports/github.ts';

/** Entries of all trees together: some tens of megabytes. */
const MOST_ENTRIES = 200_000;
const MOST_PAIRS = 10_000;
const IS_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * What a commit holds and where two of them parted never changes, and a pull request is looked at many times: asked once.
 * Those who ask at the same time share the answer; an error is not kept.
 */
export function rememberCommits(files: SourceFiles, pulls: Pulls): { files: SourceFiles; pulls: Pulls } {
  const trees = new LRUCache<string, TreeEntry[], () => Promise<TreeEntry[]>>({
    maxSize: MOST_ENTRIES,
    sizeCalculation: (tree) => tree.length + 1,
    fetchMethod: (_key, _old, { context: ask }) => ask(),
    // whoever waits for one that was dropped meanwhile gets it all the same
    ignoreFetchAbort: true,
  });
  const bases = new LRUCache<string, string, () => Promise<string>>({
    max: MOST_PAIRS,
    fetchMethod: (_key, _old, { context: ask }) => ask(),
    ignoreFetchAbort: true,
  });
  return {
    files: {
      ...files,
      tree(repository, sha) {
        const ask = () => files.tree(repository, sha);
        if (!IS_COMMIT.test(sha)) return ask();
        return trees.forceFetch(`${repository.owner}/${repository.name}@${sha}`, { context: ask });
      },
    },
    pulls: {
      ...pulls,
      mergeBase(repository, base, head) {
        const ask = () => pulls.mergeBase(repository, base, head);
        return bases.forceFetch(`${repository.owner}/${repository.name}@${base}...${head}`, { context: ask });
      },
    },
  };
}
