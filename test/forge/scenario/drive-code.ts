import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ForgeWorld } from './forge-world.ts';

/** Git objects, refs, contents and commits through the API. */
export const driveCode = async ({ installation: api, owner, repo }: ForgeWorld): Promise<void> => {
  const at = { owner, repo };
  const { data: main } = await api.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: 'heads/main' });
  const tip = main.object.sha;
  const { data: commit } = await api.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...at,
    commit_sha: tip,
  });
  const { data: blob } = await api.request('POST /repos/{owner}/{repo}/git/blobs', {
    ...at,
    content: 'AAE=',
    encoding: 'base64',
  });
  await api.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...at, file_sha: blob.sha });
  const { data: tree } = await api.request('POST /repos/{owner}/{repo}/git/trees', {
    ...at,
    base_tree: commit.tree.sha,
    tree: [
      { path: 'weights/delay.bin', mode: '100644', type: 'blob', sha: blob.sha },
      { path: 'notes/plan.md', mode: '100644', type: 'blob', content: '# Plan\n' },
    ],
  });
  await api.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', { ...at, tree_sha: tree.sha, recursive: '1' });
  const { data: made } = await api.request('POST /repos/{owner}/{repo}/git/commits', {
    ...at,
    message: 'Add weights',
    tree: tree.sha,
    parents: [tip],
  });
  await api.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/app/weights', sha: tip });
  await api.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/app/weights', sha: made.sha });
  await api.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...at, ref: 'heads/app' });
  const { data: tag } = await api.request('POST /repos/{owner}/{repo}/git/tags', {
    ...at,
    tag: 'delay@v0.1.0',
    message: 'delay 0.1.0',
    object: made.sha,
    type: 'commit',
  });
  await api.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', { ...at, tag_sha: tag.sha });
  await api.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/tags/delay@v0.1.0', sha: tag.sha });

  const file = { ...at, path: 'data/flights.yaml', branch: 'app/weights' };
  const write = 'PUT /repos/{owner}/{repo}/contents/{path}';
  const { data: first } = await api.request(write, { ...file, message: 'Add data', content: 'YTogMQo=' });
  const sha = first.content!.sha!;
  const { data: second } = await api.request(write, { ...file, message: 'Change data', content: 'YTogMgo=', sha });
  const ref = 'app/weights';
  for (const place of ['', 'data', 'data/flights.yaml']) {
    await api.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: place, ref });
  }
  const gone = { ...file, message: 'Drop data', sha: second.content!.sha! };
  await api.request('DELETE /repos/{owner}/{repo}/contents/{path}', gone);

  await api.request('GET /repos/{owner}/{repo}/branches', at);
  await api.request('GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch: ref });
  await api.request('GET /repos/{owner}/{repo}/tags', at);
  await api.request('GET /repos/{owner}/{repo}/commits', { ...at, sha: ref, per_page: 2 });
  await api.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref });
  await api.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...at, basehead: `main...${ref}` });
  await api.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...at, sha: tip, state: 'success', context: 'ci' });
  await api.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...at, ref: tip });
  await api.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/app/weights' });
};

/** Clones, commits on a branch and pushes it with git itself; gives the SHA. */
export const pushWithGit = async (
  world: ForgeWorld,
  branch: string,
  files: Record<string, string>,
): Promise<string> => {
  const clone = path.join(world.folder, `clone-${branch.replaceAll('/', '-')}`);
  await world.git(world.folder, 'clone', '--quiet', world.remote('author'), clone);
  await world.git(clone, 'checkout', '--quiet', '-b', branch);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(clone, name), text);
  await world.git(clone, 'add', '.');
  await world.git(clone, 'commit', '--quiet', '-m', `Change ${Object.keys(files).join(', ')}`);
  await world.git(clone, 'push', '--quiet', 'origin', branch);
  return world.git(clone, 'rev-parse', 'HEAD');
};
