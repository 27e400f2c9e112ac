import type { GitHubAccess } from './octokit.ts';

type Written = {
  user?: { login: string; type?: string } | null;
  performed_via_github_app?: { id: number } | null;
};

export type AppIdentity = {
  /** Login of the app's own account, `<slug>[bot]`. */
  login(): Promise<string>;
  /** Whether the app wrote it: a marker in somebody else's text proves nothing. */
  wrote(it: Written): boolean;
};

export function createAppIdentity(access: GitHubAccess): AppIdentity {
  let login: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { rest } = await access.octokitFor();
    const { data } = await rest.apps.getAuthenticated();
    return `${data?.slug ?? ''}[bot]`;
  };
  return {
    login: () => {
      login ??= ask().catch((error) => {
        login = undefined;
        throw error;
      });
      return login;
    },
    wrote: (it) => it.user?.type === 'Bot' && it.performed_via_github_app?.id === access.appId,
  };
}
