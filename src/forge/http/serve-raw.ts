import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { effectiveRole, findRepository } from '../find.ts';
import { readObject } from '../git/read-objects.ts';
import { listRefs } from '../git/refs.ts';
import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { maySee } from './authorize.ts';
import { viewerOf } from './serve-pages.ts';

export type RawAnswer = { bytes: Buffer; headers: Record<string, string> };

const pictureTypes: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.svg': 'image/svg+xml',
};

/** Files of a repository are data of strangers: never run, whatever their name says. */
const guarded = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };

const square = (id: number): RawAnswer => {
  const hue = (id * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="hsl(${hue},45%,55%)"/></svg>`;
  return { bytes: Buffer.from(svg), headers: { ...guarded, 'content-type': 'image/svg+xml' } };
};

const isVisible = (world: World, repository: Repository, headers: IncomingHttpHeaders): boolean => {
  const viewer = viewerOf(headers.cookie);
  if (viewer && effectiveRole(world.state, repository, viewer)) return true;
  return maySee(world, authenticate(world.state, headers.authorization), repository);
};

/** Splits `branch/with/slashes/dir/file` by what branches and tags there are. */
const splitRef = async (repository: Repository, rest: string): Promise<{ ref: string; file: string } | undefined> => {
  const first = rest.split('/')[0] ?? '';
  if (/^[0-9a-f]{40}$/.test(first)) return { ref: first, file: rest.slice(first.length + 1) };
  const refs = await listRefs(repository.gitDir, 'refs/heads', 'refs/tags');
  const match = refs.find(({ name }) => rest.startsWith(`${name.replace(/^refs\/(heads|tags)\//, '')}/`));
  if (!match) return undefined;
  const ref = match.name.replace(/^refs\/(heads|tags)\//, '');
  return { ref: match.sha, file: rest.slice(ref.length + 1) };
};

/** Avatars and the bare bytes of files, at the addresses that the API's objects give; undefined for any other path. */
export const serveRaw = async (
  world: World,
  pathname: string,
  headers: IncomingHttpHeaders,
): Promise<RawAnswer | undefined> => {
  const avatar = /^\/avatars\/u\/(\d+)$/.exec(pathname);
  if (avatar) return square(Number(avatar[1]));
  const match = /^\/([^/]+)\/([^/]+)\/raw\/(.+)$/.exec(pathname);
  const repository = match && findRepository(world.state, match[1] ?? '', match[2] ?? '');
  if (!repository || !isVisible(world, repository, headers)) return undefined;
  const at = await splitRef(repository, decodeURIComponent(match[3] ?? ''));
  const object = at && (await readObject(repository.gitDir, `${at.ref}:${at.file}`));
  if (object?.type !== 'blob') return undefined;
  const type = pictureTypes[path.extname(at?.file ?? '').toLowerCase()] ?? 'text/plain; charset=utf-8';
  return { bytes: object.content, headers: { ...guarded, 'content-type': type } };
};
