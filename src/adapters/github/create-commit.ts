import type { RepositoryRef } from '../../ports/github.ts';
import { type Octokit, once } from './octokit.ts';

type Answer = { createCommitOnBranch: { commit: { oid: string } } };

const mutation = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

const saysMoved = (error: unknown): boolean => {
  const errors = (error as { errors?: { type?: string; message?: string }[] }).errors ?? [];
  return errors.some(
    ({ type, message }) => type === 'STALE_DATA' || /expected branch to point to/i.test(message ?? ''),
  );
};

/** The one call of GitHub that makes a signed commit of several files and refuses when the branch moved. */
export async function createCommit(
  octokit: Octokit,
  repository: RepositoryRef,
  change: { branch: string; expectedHead: string; message: string; files: { path: string; text: string }[] },
): Promise<{ sha: string } | 'moved'> {
  const [headline = '', ...rest] = change.message.split('\n');
  const body = rest.join('\n').trim();
  try {
    const answer = await octokit.graphql<Answer>(mutation, {
      input: {
        branch: { repositoryNameWithOwner: `${repository.owner}/${repository.name}`, branchName: change.branch },
        expectedHeadOid: change.expectedHead,
        message: { headline, ...(body ? { body } : {}) },
        fileChanges: {
          additions: change.files.map(({ path, text }) => ({ path, contents: Buffer.from(text).toString('base64') })),
        },
      },
      ...once,
    });
    return { sha: answer.createCommitOnBranch.commit.oid };
  } catch (error) {
    if (saysMoved(error)) return 'moved';
    throw error;
  }
}
