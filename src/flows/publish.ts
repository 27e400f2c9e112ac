import { digestOf } from '../domain/fingerprint/digest.ts';
import type { CheckContent, RepositoryRef } from '../ports/github.ts';
import type { Pictures } from '../render/pictures.ts';
import type { FlowDeps } from './deps.ts';
import type { Published } from './records.ts';

/** Stores what texts refer to before anybody can read the texts. */
export async function storePictures(deps: FlowDeps, pictures: Pictures): Promise<void> {
  for (const { svg } of pictures.all()) await deps.artifacts.put(svg);
}

/**
 * Notes that something is about to be created. Without that note nothing of it can exist yet, so nothing has to be
 * searched; with it, and no id, a killed run may have created it.
 */
type Intend = (intended: Published) => Promise<void>;

function found(known: Published | undefined): { knownId?: number; fresh: boolean } {
  return { knownId: known && known.id !== 0 ? known.id : undefined, fresh: !known };
}

/**
 * Brings a check run to that content. Nothing is sent when it shows that already; after a crash between the call and
 * our note of it, the run is found again by its key.
 */
export async function publishCheck(
  deps: FlowDeps,
  repository: RepositoryRef,
  sha: string,
  key: string,
  content: CheckContent,
  known: Published | undefined,
  intend: Intend,
): Promise<Published> {
  const digest = digestOf({ sha, ...content } as never);
  if (known?.digest === digest) return known;
  if (!known) await intend({ id: 0, digest: '' });
  const { id } = await deps.github.checks.publish(repository, { ...content, sha, key, ...found(known) });
  return { id, digest };
}

export async function publishComment(
  deps: FlowDeps,
  repository: RepositoryRef,
  number: number,
  marker: string,
  body: string,
  known: Published | undefined,
  intend: Intend,
): Promise<Published> {
  const digest = digestOf(body);
  if (known?.digest === digest) return known;
  if (!known) await intend({ id: 0, digest: '' });
  const { id, url } = await deps.github.comments.upsert(repository, number, { marker, body, ...found(known) });
  return { id, digest, url };
}
