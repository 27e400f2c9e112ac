import { pushWithGit } from './drive-code.ts';
import type { ForgeWorld } from './forge-world.ts';

/** Labels, an issue, comments and reactions. */
export const driveIssues = async ({ installation: api, author, owner, repo }: ForgeWorld): Promise<void> => {
  const at = { owner, repo };
  await api.request('POST /repos/{owner}/{repo}/labels', { ...at, name: 'drift', color: 'd73a4a' });
  await api.request('GET /repos/{owner}/{repo}/labels', at);
  await api.request('GET /repos/{owner}/{repo}/labels/{name}', { ...at, name: 'drift' });
  await api.request('PATCH /repos/{owner}/{repo}/labels/{name}', { ...at, name: 'drift', description: 'It moved' });
  const opened = { ...at, title: 'Drift', body: 'It moved.', labels: ['drift'], assignees: ['author'] };
  const { data: issue } = await api.request('POST /repos/{owner}/{repo}/issues', opened);
  const one = { ...at, issue_number: issue.number };
  await api.request('GET /repos/{owner}/{repo}/issues', { ...at, state: 'all', labels: 'drift' });
  await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}', one);
  await api.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    ...one,
    title: 'Drift of delay',
    body: 'More.',
  });
  await api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...one, labels: ['urgent'] });
  await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/labels', one);
  await api.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...one, name: 'urgent' });
  await api.request('PUT /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...one, labels: ['drift', 'seen'] });
  await api.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels', one);
  await driveReactions(api, '/repos/{owner}/{repo}/issues/{issue_number}', one);

  const { data: comment } = await author.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...one,
    body: '/retrain delay',
  });
  const said = { ...at, comment_id: comment.id };
  await api.request('GET /repos/{owner}/{repo}/issues/comments', at);
  await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...one,
    since: '2001-01-01T00:00:00Z',
  });
  await api.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', said);
  await author.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    ...said,
    body: '/retrain delay epochs=2',
  });
  await driveReactions(api, '/repos/{owner}/{repo}/issues/comments/{comment_id}', said);
  await author.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', said);
  const close = { ...one, state: 'closed', state_reason: 'completed' } as const;
  await api.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', close);
  await api.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...one, state: 'open' });
  await api.request('DELETE /repos/{owner}/{repo}/labels/{name}', { ...at, name: 'drift' });
};

const driveReactions = async (
  api: ForgeWorld['installation'],
  subject: string,
  place: Record<string, unknown>,
): Promise<void> => {
  const { data } = await api.request(`POST ${subject}/reactions`, { ...place, content: 'eyes' });
  await api.request(`POST ${subject}/reactions`, { ...place, content: 'eyes' });
  await api.request(`GET ${subject}/reactions`, place);
  await api.request(`DELETE ${subject}/reactions/{reaction_id}`, { ...place, reaction_id: data.id });
};

/** A pull request from a push with git to its merge; gives the number. */
export const drivePull = async (world: ForgeWorld): Promise<number> => {
  const { installation: api, author, maintainer, owner, repo } = world;
  const at = { owner, repo };
  const sha = await pushWithGit(world, 'topic/epochs', { 'models/delay.yaml': 'epochs: 8\n' });
  const fields = { ...at, title: 'Train longer', body: 'See #1.', head: 'topic/epochs', base: 'main' };
  const { data: pull } = await author.request('POST /repos/{owner}/{repo}/pulls', fields);
  const one = { ...at, pull_number: pull.number };
  const labels = { ...at, issue_number: pull.number, labels: ['model'] };
  await api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', labels);
  await api.request('GET /repos/{owner}/{repo}/pulls', { ...at, state: 'open', head: 'acme:topic/epochs' });
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', one);
  await author.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...one, title: 'Train for 8 epochs' });
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', { ...one, per_page: 100 });
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', one);
  await api.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { ...at, commit_sha: sha });
  await api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...at,
    issue_number: pull.number,
    body: 'The plan.',
  });
  const review = { ...one, event: 'APPROVE', body: 'Good.' } as const;
  await maintainer.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', review);
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', one);
  const notYet = api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', one);
  await notYet.catch((error: { status: number }) => error.status === 404 || Promise.reject(error));
  await author.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...one, state: 'closed' });
  await author.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...one, state: 'open' });
  await maintainer.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
    ...one,
    merge_method: 'squash',
    sha,
  });
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', one);
  await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', one);
  return pull.number;
};
