import { type GitObject, readObjects } from '../git/read-objects.ts';

export type ObjectLoader = (gitDir: string, expression: string) => Promise<GitObject | undefined>;

/** Reads all objects that are asked for in the same turn of the event loop with one git process a repository. */
export const createObjectLoader = (): ObjectLoader => {
  const waiting = new Map<string, { expressions: string[]; answer: Promise<(GitObject | undefined)[]> }>();
  return async (gitDir, expression) => {
    let batch = waiting.get(gitDir);
    if (!batch) {
      const expressions: string[] = [];
      const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting.delete(gitDir);
        return readObjects(gitDir, expressions);
      });
      batch = { expressions, answer };
      waiting.set(gitDir, batch);
    }
    const at = batch.expressions.push(expression) - 1;
    return (await batch.answer)[at];
  };
};
