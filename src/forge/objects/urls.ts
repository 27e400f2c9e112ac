import type { ForgeState, Repository } from '../state.ts';

/** Base address of the REST API, as on a GitHub Enterprise server. */
export const apiUrl = (state: ForgeState): string => `${state.url}/api/v3`;

export const repositoryApiUrl = (state: ForgeState, repository: Repository): string =>
  `${apiUrl(state)}/repos/${repository.fullName}`;

export const repositoryHtmlUrl = (state: ForgeState, repository: Repository): string =>
  `${state.url}/${repository.fullName}`;

/** A path inside a URL, slashes kept. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
