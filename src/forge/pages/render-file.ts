import { findRepository } from '../find.ts';
import { readObject } from '../git/read-objects.ts';
import type { PageRequest } from '../page-request.ts';
import type { World } from '../world.ts';
import { locate } from './git-location.ts';
import { maySee } from './may-see.ts';

export type PlainFile = { contentType: string; body: Buffer };

const imageTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
};

/** What is served as it is: `/owner/name/raw/REF/PATH` and pictures of accounts. Undefined for what is none of them. */
export const renderFile = async (world: World, request: PageRequest): Promise<PlainFile | undefined> => {
  const account = /^\/avatars\/u\/(\d+)$/.exec(request.path)?.[1];
  if (account) return avatar(world, Number(account));
  const [, owner, name, rest] = /^\/([^/]+)\/([^/]+)\/raw\/(.+)$/.exec(request.path) ?? [];
  const repository = owner && name ? findRepository(world.state, owner, name) : undefined;
  if (!repository || !rest || !maySee(world.state, repository, request.viewer)) return undefined;
  const at = await locate(repository, rest);
  const object = at && (await readObject(repository.gitDir, `${at.sha}:${at.path}`));
  if (object?.type !== 'blob') return undefined;
  const extension = /\.([a-z]+)$/i.exec(rest)?.[1]?.toLowerCase() ?? '';
  // Never as HTML: a page of a repository would act with the viewer's cookie.
  return { contentType: imageTypes[extension] ?? 'text/plain; charset=utf-8', body: object.content };
};

const avatar = (world: World, id: number): PlainFile | undefined => {
  const login = world.state.accounts.find((each) => each.id === id)?.login;
  if (!login) return undefined;
  const letter = /[a-z\d]/i.exec(login)?.[0]?.toUpperCase() ?? '';
  const shape = `<circle cx="20" cy="20" r="20" fill="hsl(${(id * 47) % 360} 40% 40%)"/>`;
  const text = `<text x="20" y="27" font-family="sans-serif" font-size="20" text-anchor="middle" fill="#fff">${letter}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">${shape}${text}</svg>`;
  return { contentType: 'image/svg+xml', body: Buffer.from(svg) };
};
