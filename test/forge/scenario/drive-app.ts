import type { ForgeWorld } from './forge-world.ts';

/** What an app asks about itself, its installations, its webhooks and the people around it. */
export const driveApp = async (world: ForgeWorld): Promise<void> => {
  const { app, installation, installationId: installation_id, maintainer, author, owner, repo, forge } = world;
  await app.request('GET /app');
  await app.request('GET /app/installations');
  await app.request('GET /app/installations/{installation_id}', { installation_id });
  await app.request('GET /repos/{owner}/{repo}/installation', { owner, repo });
  await app.request('GET /orgs/{org}/installation', { org: owner });
  await app.request('GET /apps/{app_slug}', { app_slug: 'gatekeeper' });
  await installation.request('GET /installation/repositories', { per_page: 100 });
  await installation.request('GET /repos/{owner}/{repo}', { owner, repo });
  await installation.request('GET /rate_limit');
  await installation.request('GET /meta');

  await maintainer.request('GET /user');
  await maintainer.request('GET /users/{username}', { username: 'author' });
  await maintainer.request('GET /users/{username}', { username: 'acme' });
  await author.request('POST /user/repos', { name: 'own', private: true, description: 'Mine' });
  forge.installApp('author', ['own']);
  await app.request('GET /users/{username}/installation', { username: 'author' });
  await author.request('GET /users/{username}/repos', { username: 'author' });
  await author.request('POST /repos/{owner}/{repo}/forks', { owner, repo });
  for (const username of ['owner', 'author', 'stranger']) {
    await installation.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      owner,
      repo,
      username,
    });
  }
  await installation.request('GET /repos/{owner}/{repo}/collaborators', { owner, repo });
  await installation.request('GET /repos/{owner}/{repo}/collaborators/{username}', { owner, repo, username: 'author' });
  const team = { org: owner, team_slug: 'reviewers' };
  await installation.request('GET /orgs/{org}/teams/{team_slug}/members', team);
  await installation.request('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
    ...team,
    username: 'author',
  });

  const narrow = { installation_id, repositories: [repo], permissions: { checks: 'read' } as const };
  const { data } = await app.request('POST /app/installations/{installation_id}/access_tokens', narrow);
  await world.client(data.token).request('DELETE /installation/token');

  await app.request('GET /app/hook/config');
  await app.request('PATCH /app/hook/config', { content_type: 'json' });
  forge.changeInstallation(installation_id, {});
  forge.suspendInstallation(installation_id, true);
  forge.suspendInstallation(installation_id, false);
  await forge.idle();
  const { data: deliveries } = await app.request('GET /app/hook/deliveries', { per_page: 5 });
  const delivery_id = Number(deliveries[0]!.id);
  await app.request('GET /app/hook/deliveries/{delivery_id}', { delivery_id });
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id });
};

/** What is refused, in GitHub's words. */
export const driveRefusals = async ({
  app,
  installation,
  stranger,
  client,
  owner,
  repo,
}: ForgeWorld): Promise<number[]> => {
  const statuses: number[] = [];
  const refused = async (request: Promise<unknown>): Promise<void> => {
    const error = await request.then(
      () => ({ status: 0 }),
      (reason: { status: number }) => reason,
    );
    statuses.push(error.status);
  };
  await refused(installation.request('GET /app'));
  await refused(app.request('GET /repos/{owner}/{repo}/issues', { owner, repo }));
  await refused(stranger.request('GET /repos/{owner}/{repo}', { owner, repo: 'nothing' }));
  await refused(stranger.request('POST /repos/{owner}/{repo}/labels', { owner, repo, name: 'x' }));
  await refused(
    installation.request('POST /repos/{owner}/{repo}/check-runs', { owner, repo, name: 'x', head_sha: 'x' }),
  );
  await refused(installation.request('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref: 'main', sha: 'x' }));
  await refused(client('wrong').request('GET /user'));
  return statuses;
};
