import type { ForgeState, Release, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { encodePath, repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

export const releaseObject = (state: ForgeState, repository: Repository, release: Release): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/releases/${release.id}`;
  const tag = encodePath(release.tagName);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    html_url: `${repositoryHtmlUrl(state, repository)}/releases/tag/${tag}`,
    id: release.id,
    author: userObject(state, release.author),
    node_id: nodeId('Release', release.id),
    tag_name: release.tagName,
    target_commitish: release.targetCommitish,
    name: release.name ?? null,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.createdAt,
    published_at: release.publishedAt ?? null,
    assets: [],
    tarball_url: `${api}/tarball/${tag}`,
    zipball_url: `${api}/zipball/${tag}`,
    body: release.body ?? null,
  };
};
