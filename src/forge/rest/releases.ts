import { createRef } from '../actions/write-refs.ts';
import { readRef, resolveCommit } from '../git/refs.ts';
import { integer, optionalFlag, optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { invalid, notFound } from '../http-error.ts';
import { releaseObject } from '../objects/release.ts';
import type { Release } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now } from '../world.ts';
import { doerOf } from './doer.ts';

const show = (call: RepositoryCall, release: Release) => releaseObject(call.world.state, call.repository, release);

const emitRelease = (
  call: RepositoryCall,
  release: Release,
  action: string,
  extra: Record<string, unknown> = {},
): void =>
  emit(call.world, {
    event: 'release',
    action,
    repository: call.repository,
    sender: doerOf(call).login,
    body: { release: show(call, release), ...extra },
  });

/** A published release makes its tag where there is none. */
const ensureTag = async (call: RepositoryCall, release: Release): Promise<void> => {
  const name = `refs/tags/${release.tagName}`;
  if (await readRef(call.repository.gitDir, name)) return;
  const sha = await resolveCommit(call.repository.gitDir, release.targetCommitish);
  if (!sha) throw invalid('Release', 'target_commitish', 'invalid');
  await createRef(call.world, call.repository, name, sha, doerOf(call).login);
};

const publish = (call: RepositoryCall, release: Release): void => {
  release.publishedAt = now();
  emitRelease(call, release, 'created');
  emitRelease(call, release, 'published');
  emitRelease(call, release, release.prerelease ? 'prereleased' : 'released');
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const { body, repository } = call;
  const tagName = requiredText(body, 'tag_name', 'Release');
  const isTaken = (): boolean => repository.releases.some((each) => each.tagName === tagName && !each.draft);
  if (isTaken()) throw invalid('Release', 'tag_name', 'already_exists');
  const release: Release = {
    id: nextId(call.world),
    tagName,
    targetCommitish: optionalText(body, 'target_commitish', 'Release') ?? repository.defaultBranch,
    name: optionalText(body, 'name', 'Release'),
    body: optionalText(body, 'body', 'Release'),
    draft: optionalFlag(body, 'draft', 'Release') ?? false,
    prerelease: optionalFlag(body, 'prerelease', 'Release') ?? false,
    author: doerOf(call).login,
    createdAt: now(),
    publishedAt: undefined,
  };
  if (!release.draft) await ensureTag(call, release);
  if (isTaken()) throw invalid('Release', 'tag_name', 'already_exists');
  repository.releases.push(release);
  if (release.draft) emitRelease(call, release, 'created');
  else publish(call, release);
  return created(show(call, release));
};

const releaseOf = (call: RepositoryCall): Release => {
  const release = call.repository.releases.find((each) => each.id === integer(call.params.id, 0));
  if (!release) throw notFound();
  return release;
};

const update = async (call: RepositoryCall): Promise<Reply> => {
  const release = releaseOf(call);
  const { body } = call;
  const before = { ...release };
  Object.assign(release, {
    tagName: optionalText(body, 'tag_name', 'Release') ?? release.tagName,
    targetCommitish: optionalText(body, 'target_commitish', 'Release') ?? release.targetCommitish,
    name: optionalText(body, 'name', 'Release') ?? release.name,
    body: optionalText(body, 'body', 'Release') ?? release.body,
    draft: optionalFlag(body, 'draft', 'Release') ?? release.draft,
    prerelease: optionalFlag(body, 'prerelease', 'Release') ?? release.prerelease,
  });
  if (before.draft && !release.draft) {
    await ensureTag(call, release);
    publish(call, release);
  } else {
    const changes = {
      ...(before.body === release.body ? {} : { body: { from: before.body ?? '' } }),
      ...(before.name === release.name ? {} : { name: { from: before.name ?? '' } }),
      ...(before.tagName === release.tagName ? {} : { tag_name: { from: before.tagName } }),
    };
    emitRelease(call, release, 'edited', { changes });
  }
  return ok(show(call, release));
};

/** Drafts are for those who can write. */
const visible = (call: RepositoryCall): Release[] => {
  const writer =
    call.actor.kind === 'installation' ? call.actor.permissions.contents === 'write' : call.actor.kind === 'user';
  return [...call.repository.releases].reverse().filter((release) => !release.draft || writer);
};

const first = (call: RepositoryCall, matches: (release: Release) => boolean): Reply => {
  const release = visible(call).find((each) => !each.draft && matches(each));
  if (!release) throw notFound();
  return ok(show(call, release));
};

const many = '/repos/:owner/:repo/releases';
const read = reads('contents');
const write = writes('write', 'contents');

export const releaseRoutes: Route[] = [
  {
    method: 'GET',
    pattern: many,
    access: read,
    handle: (call) => listReply(call, visible(call), (release) => show(call, release)),
  },
  { method: 'POST', pattern: many, access: write, handle: create },
  { method: 'GET', pattern: `${many}/latest`, access: read, handle: (call) => first(call, (each) => !each.prerelease) },
  {
    method: 'GET',
    pattern: `${many}/tags/:tag*`,
    access: read,
    handle: (call) => first(call, (each) => each.tagName === call.params.tag),
  },
  { method: 'GET', pattern: `${many}/:id`, access: read, handle: (call) => ok(show(call, releaseOf(call))) },
  { method: 'PATCH', pattern: `${many}/:id`, access: write, handle: update },
  {
    method: 'DELETE',
    pattern: `${many}/:id`,
    access: write,
    handle: (call) => {
      const release = releaseOf(call);
      call.repository.releases = call.repository.releases.filter((each) => each !== release);
      emitRelease(call, release, 'deleted');
      return noContent();
    },
  },
];
