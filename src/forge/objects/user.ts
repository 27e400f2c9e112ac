import { accountOf } from '../find.ts';
import type { ForgeState } from '../state.ts';
import { nodeId } from '../world.ts';
import { apiUrl } from './urls.ts';

export type UserObject = Record<string, unknown> & { login: string; id: number; type: string };

/** GitHub's "simple user", which stands wherever a person, bot or organization is mentioned. */
export const userObject = (state: ForgeState, login: string): UserObject => {
  const account = accountOf(state, login);
  const url = `${apiUrl(state)}/users/${encodeURIComponent(account.login)}`;
  const isBot = account.type === 'Bot';
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${state.url}/avatars/u/${account.id}`,
    gravatar_id: '',
    url,
    html_url: isBot ? `${state.url}/apps/${state.app.slug}` : `${state.url}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
};

/** The answer of `GET /users/{login}`. */
export const publicUserObject = (state: ForgeState, login: string): UserObject => {
  const account = accountOf(state, login);
  const repositories = state.repositories.filter((repository) => repository.owner === account.login);
  return {
    ...userObject(state, login),
    name: account.name ?? null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories.filter((repository) => !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
};

export const organizationObject = (state: ForgeState, login: string): Record<string, unknown> => {
  const account = accountOf(state, login);
  const url = `${apiUrl(state)}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${state.url}/avatars/u/${account.id}`,
    description: account.name ?? '',
  };
};
