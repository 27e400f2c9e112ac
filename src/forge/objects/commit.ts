import type { GitCommit, GitPerson } from '../git/commits.ts';
import type { ChangedFile } from '../git/diff.ts';
import type { ForgeState, Repository } from '../state.ts';
import { encodePath, repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

export const noVerification = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

const noreply = /^(?:\d+\+)?([^@]+)@users\.noreply\./;

/** Whose account a commit's e-mail address belongs to: accounts have the `noreply` address and their name. */
export const loginOfPerson = (state: ForgeState, person: GitPerson): string | undefined => {
  const login = noreply.exec(person.email)?.[1];
  return state.accounts.find((account) => account.login === login || account.login === person.name)?.login;
};

/** The address under which the forge itself writes commits for an account. */
export const emailOf = (state: ForgeState, login: string): string => {
  const account = state.accounts.find((each) => each.login === login);
  return `${account ? `${account.id}+` : ''}${login}@users.noreply.github.com`;
};

const treeObject = (api: string, sha: string) => ({ sha, url: `${api}/git/trees/${sha}` });

/** A commit with people and links, as in `GET /repos/{owner}/{repo}/commits/{ref}`. */
export const commitObject = (state: ForgeState, repository: Repository, commit: GitCommit): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const html = repositoryHtmlUrl(state, repository);
  const author = loginOfPerson(state, commit.author);
  const committer = loginOfPerson(state, commit.committer);
  return {
    sha: commit.sha,
    node_id: Buffer.from(`Commit:${commit.sha}`).toString('base64url'),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: treeObject(api, commit.tree),
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: noVerification,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: author ? userObject(state, author) : null,
    committer: committer ? userObject(state, committer) : null,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  };
};

/** The bare git object, as in `GET /repos/{owner}/{repo}/git/commits/{sha}`. */
export const gitCommitObject = (
  state: ForgeState,
  repository: Repository,
  commit: GitCommit,
): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const html = repositoryHtmlUrl(state, repository);
  return {
    sha: commit.sha,
    node_id: Buffer.from(`Commit:${commit.sha}`).toString('base64url'),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: treeObject(api, commit.tree),
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: noVerification,
  };
};

/** `head_commit` of check suites. */
export const simpleCommitObject = (commit: GitCommit): Record<string, unknown> => ({
  id: commit.sha,
  tree_id: commit.tree,
  message: commit.message,
  timestamp: commit.committer.date,
  author: { name: commit.author.name, email: commit.author.email },
  committer: { name: commit.committer.name, email: commit.committer.email },
});

/** A changed file of a commit, comparison or pull request. */
export const diffEntryObject = (
  state: ForgeState,
  repository: Repository,
  sha: string,
  file: ChangedFile,
): Record<string, unknown> => {
  const html = repositoryHtmlUrl(state, repository);
  const path = encodePath(file.path);
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${path}`,
    raw_url: `${html}/raw/${sha}/${path}`,
    contents_url: `${repositoryApiUrl(state, repository)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
};
