import type { Comments, RepositoryRef } from '../../ports/github.ts';
import { cutText } from './cut-text.ts';
import type { AppIdentity } from './identity.ts';
import { withMarker } from './marker.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

const longestBody = 65_535;

async function findComment(
  octokit: Octokit,
  repository: RepositoryRef,
  number: number,
  marker: string,
  identity: AppIdentity,
): Promise<number | undefined> {
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    owner: repository.owner,
    repo: repository.name,
    issue_number: number,
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find((comment) => comment.body?.includes(marker) && identity.wrote(comment));
    if (found) return found.id;
  }
  return undefined;
}

export function createComments(access: GitHubAccess, identity: AppIdentity): Comments {
  return {
    upsert: (repository, number, comment) =>
      doing(`writing the comment on #${number}`, async () => {
        const octokit = await access.octokitFor(repository.installationId);
        const at = { owner: repository.owner, repo: repository.name };
        const { marker, text } = withMarker(comment.marker, comment.body);
        const body = cutText(text, longestBody, '\n\n…');
        const edit = (id: number) =>
          unless(404, undefined, async () => {
            const { data } = await octokit.rest.issues.updateComment({ ...at, comment_id: id, body });
            return { id: data.id, url: data.html_url };
          });
        const known = comment.knownId === undefined ? undefined : await edit(comment.knownId);
        if (known) return known;
        const id = comment.fresh ? undefined : await findComment(octokit, repository, number, marker, identity);
        const found = id === undefined ? undefined : await edit(id);
        if (found) return found;
        const { data } = await octokit.rest.issues.createComment({ ...at, issue_number: number, body, ...once });
        return { id: data.id, url: data.html_url };
      }),

    react: (repository, commentId, reaction) =>
      doing(`reacting to comment ${commentId}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        // of a comment that was deleted meanwhile nobody sees the reaction
        await unless(404, undefined, () =>
          rest.reactions.createForIssueComment({
            owner: repository.owner,
            repo: repository.name,
            comment_id: commentId,
            content: reaction,
          }),
        );
      }),
  };
}
