import { text } from 'node:stream/consumers';
import type { Artifacts } from '../ports/artifacts.ts';

/** A JSON document among the artifacts. It was written by us or checked by us before it got there. */
export async function readJson<T>(artifacts: Artifacts, digest: string): Promise<T> {
  return JSON.parse(await text(await artifacts.read(digest))) as T;
}
