import type { ForgeState, Installation } from '../state.ts';
import { nodeId } from '../world.ts';
import { apiUrl } from './urls.ts';
import { userObject } from './user.ts';

/** Every app may read metadata, whether it asked or not. */
export const withMetadata = (permissions: Record<string, string>): Record<string, string> => ({
  metadata: 'read',
  ...permissions,
});

export const appObject = (state: ForgeState): Record<string, unknown> => ({
  id: state.app.id,
  client_id: state.app.clientId,
  slug: state.app.slug,
  node_id: nodeId('App', state.app.id),
  owner: userObject(state, state.app.ownerLogin),
  name: state.app.name,
  description: state.app.description,
  external_url: `${state.url}/apps/${state.app.slug}`,
  html_url: `${state.url}/apps/${state.app.slug}`,
  created_at: state.app.createdAt,
  updated_at: state.app.createdAt,
  permissions: withMetadata(state.app.permissions),
  events: state.app.events,
});

export const installationObject = (state: ForgeState, installation: Installation): Record<string, unknown> => {
  const account = userObject(state, installation.account);
  return {
    id: installation.id,
    client_id: state.app.clientId,
    account,
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${apiUrl(state)}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${apiUrl(state)}/installation/repositories`,
    html_url: `${state.url}/settings/installations/${installation.id}`,
    app_id: state.app.id,
    app_slug: state.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: withMetadata(installation.permissions),
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt ? userObject(state, state.app.ownerLogin) : null,
    suspended_at: installation.suspendedAt ?? null,
  };
};
