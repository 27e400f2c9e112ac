import type { RepositoryRef } from '../../ports/github.ts';
import type { Octokit } from './octokit.ts';

type Blob = { oid: string; text: string | null; isTruncated: boolean; byteSize: number };
type Answer = { repository: Record<string, Partial<Blob> | null> | null };

/** More aliases than this make GitHub's query-cost check slow. */
const filesPerQuery = 250;
/** No file that Sluice reads is of any use above this size; the cut text then fails its own size check. */
const largestWanted = 4_000_000;

const queryOf = (count: number): string => {
  const indices = Array.from({ length: count }, (_, index) => index);
  const variables = indices.map((index) => `$e${index}: String!`).join(', ');
  const fields = indices
    .map((index) => `f${index}: object(expression: $e${index}) { ... on Blob { oid text isTruncated byteSize } }`)
    .join('\n    ');
  return `query($owner: String!, $name: String!, ${variables}) {
  repository(owner: $owner, name: $name) {
    ${fields}
  }
}`;
};

/** GraphQL cuts texts at 512,000 bytes and answers null for what it takes for binary. */
async function wholeText(octokit: Octokit, repository: RepositoryRef, blob: Blob): Promise<string> {
  const isWhole = blob.text !== null && !blob.isTruncated;
  if (isWhole || blob.byteSize > largestWanted) return blob.text ?? '';
  const at = { owner: repository.owner, repo: repository.name, file_sha: blob.oid };
  const { data } = await octokit.rest.git.getBlob(at);
  return Buffer.from(data.content, 'base64').toString('utf8');
}

/** Texts by `<sha>:<path>`; what is missing, or no file, is absent. */
export async function readTexts(
  octokit: Octokit,
  repository: RepositoryRef,
  requests: { sha: string; path: string }[],
): Promise<Map<string, string>> {
  const expressions = [...new Set(requests.map(({ sha, path }) => `${sha}:${path}`))];
  const texts = new Map<string, string>();
  for (let start = 0; start < expressions.length; start += filesPerQuery) {
    const part = expressions.slice(start, start + filesPerQuery);
    const answer = await octokit.graphql<Answer>(queryOf(part.length), {
      owner: repository.owner,
      name: repository.name,
      ...Object.fromEntries(part.map((expression, index) => [`e${index}`, expression])),
    });
    for (const [index, expression] of part.entries()) {
      const blob = answer.repository?.[`f${index}`];
      if (blob?.oid) texts.set(expression, await wholeText(octokit, repository, blob as Blob));
    }
  }
  return texts;
}
