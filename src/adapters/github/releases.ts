import type { Releases, RepositoryRef } from '../../ports/github.ts';
import { cutText } from './cut-text.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

type TagObject = { commit: string; message: string };

const longestBody = 125_000;
const mostRemembered = 10_000;

export function createReleases(access: GitHubAccess): Releases {
  /** Tag objects never change: each is asked for once in the life of the process. */
  const peeled = new Map<string, TagObject>();

  const peel = async (octokit: Octokit, repository: RepositoryRef, sha: string): Promise<TagObject> => {
    const known = peeled.get(sha);
    if (known) return known;
    const at = { owner: repository.owner, repo: repository.name, tag_sha: sha };
    const { data } = await octokit.rest.git.getTag(at);
    const tag = { commit: data.object.sha, message: data.message };
    if (peeled.size >= mostRemembered) peeled.clear();
    peeled.set(sha, tag);
    return tag;
  };

  return {
    listTags: (repository, prefix) =>
      doing(`listing the tags ${prefix}*`, async () => {
        const octokit = await access.octokitFor(repository.installationId);
        const refs = await octokit.paginate(octokit.rest.git.listMatchingRefs, {
          owner: repository.owner,
          repo: repository.name,
          ref: `tags/${prefix}`,
        });
        return Promise.all(
          refs.map(async ({ ref, object }) => {
            const name = ref.slice('refs/tags/'.length);
            if (object.type !== 'tag') return { name, commit: object.sha };
            return { name, ...(await peel(octokit, repository, object.sha)) };
          }),
        );
      }),

    createTag: (repository, tag) =>
      doing(`creating the tag ${tag.name}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        const at = { owner: repository.owner, repo: repository.name };
        const { data } = await rest.git.createTag({
          ...at,
          tag: tag.name,
          message: tag.message,
          object: tag.commit,
          type: 'commit',
        });
        return unless(
          422,
          'exists' as const,
          async () => {
            await rest.git.createRef({ ...at, ref: `refs/tags/${tag.name}`, sha: data.sha, ...once });
            return 'created' as const;
          },
          /already exists/i,
        );
      }),

    publishRelease: (repository, release) =>
      doing(`publishing the release ${release.tag}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        const at = { owner: repository.owner, repo: repository.name };
        const body = cutText(release.body, longestBody, '\n\n…');
        const byTag = { ...at, tag: release.tag };
        const found = await unless(404, undefined, () => rest.repos.getReleaseByTag(byTag));
        if (!found) {
          const wanted = { ...at, tag_name: release.tag, name: release.name, body };
          const { data } = await rest.repos.createRelease({ ...wanted, ...once });
          return { id: data.id, url: data.html_url };
        }
        const { id, html_url: url, name, body: current } = found.data;
        if (name !== release.name || current !== body) {
          await rest.repos.updateRelease({ ...at, release_id: id, name: release.name, body });
        }
        return { id, url };
      }),
  };
}
