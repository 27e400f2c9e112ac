import { parseTag } from './tag.ts';
import { compareVersions } from './version.ts';

/** A tag with the commit that it points to. */
export type CommitTag = { name: string; commit: string };

/** Released versions of a model that are not withdrawn, oldest first. */
export function releasedVersions(tags: readonly CommitTag[], model: string): { version: string; commit: string }[] {
  const versions = new Map<string, string>();
  const withdrawn = new Set<string>();
  for (const { name, commit } of tags) {
    const tag = parseTag(name);
    if (tag?.kind !== 'version' || tag.model !== model) continue;
    if (tag.revoked) withdrawn.add(tag.version);
    else versions.set(tag.version, commit);
  }
  return [...versions]
    .filter(([version]) => !withdrawn.has(version))
    .map(([version, commit]) => ({ version, commit }))
    .sort((a, b) => compareVersions(a.version, b.version));
}

/**
 * The version that a stage is on: the newest stage tag's commit carries it. Undefined when the stage was never entered,
 * was left, or points to a commit without a version.
 */
export function liveVersion(
  tags: readonly CommitTag[],
  model: string,
  stage: string,
): { version: string; commit: string; counter: number } | undefined {
  const newest = stageTags(tags, model, stage).at(-1);
  if (!newest || newest.revoked) return undefined;
  const version = releasedVersions(tags, model).findLast(({ commit }) => commit === newest.commit)?.version;
  return version === undefined ? undefined : { version, commit: newest.commit, counter: newest.counter };
}

/** Counter for the next tag of that stage. */
export function nextStageCounter(tags: readonly CommitTag[], model: string, stage: string): number {
  return (stageTags(tags, model, stage).at(-1)?.counter ?? 0) + 1;
}

type StageEvent = { counter: number; commit: string; revoked: boolean };

function stageTags(tags: readonly CommitTag[], model: string, stage: string): StageEvent[] {
  return tags
    .flatMap(({ name, commit }): StageEvent[] => {
      const tag = parseTag(name);
      if (tag?.kind !== 'stage' || tag.model !== model || tag.stage !== stage) return [];
      return [{ counter: tag.counter ?? 0, commit, revoked: tag.revoked }];
    })
    .sort((a, b) => a.counter - b.counter);
}
