import type { ForgeWorld } from './forge-world.ts';

/** A check run from queued to a button pressed, and its suite. */
export const driveChecks = async (world: ForgeWorld, sha: string): Promise<void> => {
  const { installation: api, maintainer, owner, repo, forge } = world;
  const at = { owner, repo };
  const started = {
    ...at,
    name: 'gatekeeper/plan',
    head_sha: sha,
    external_id: 'plan:1',
    details_url: 'https://example.com/1',
  };
  const { data: run } = await api.request('POST /repos/{owner}/{repo}/check-runs', {
    ...started,
    status: 'in_progress',
  });
  const one = { ...at, check_run_id: run.id };
  const annotation = { path: 'models/delay.yaml', start_line: 1, end_line: 1, message: 'Too many epochs.' };
  await api.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...one,
    status: 'completed',
    conclusion: 'failure',
    completed_at: new Date().toISOString(),
    output: {
      title: '1 error',
      summary: 'One **error**.',
      text: '| a |\n|---|\n| b |',
      annotations: [{ ...annotation, annotation_level: 'failure', start_column: 9, end_column: 9, title: 'Limit' }],
      images: [{ alt: 'loss', image_url: 'https://example.com/loss.png', caption: 'Loss' }],
    },
    actions: [{ label: 'Approve', description: 'Approve this plan', identifier: 'approve' }],
  });
  await api.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', one);
  await api.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', one);
  const ofCommit = { ...at, ref: sha, check_name: 'gatekeeper/plan', filter: 'latest' } as const;
  await api.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', ofCommit);
  const { data: suites } = await api.request('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', {
    ...at,
    ref: sha,
  });
  const suite = { ...at, check_suite_id: Number(suites.check_suites[0]!.id) };
  await api.request('POST /repos/{owner}/{repo}/check-suites', { ...at, head_sha: sha });
  await api.request('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', suite);
  await api.request('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', suite);
  forge.requestAction(Number(run.id), 'approve', 'owner');
  forge.rerequest(Number(run.id), 'owner');
  await maintainer.request('POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest', one);
  await maintainer.request('POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest', suite);
};

/** A release and a deployment of it. */
export const driveDelivery = async ({ installation: api, owner, repo }: ForgeWorld): Promise<void> => {
  const at = { owner, repo };
  const fields = {
    ...at,
    tag_name: 'delay@v1.0.0',
    name: 'delay 1.0.0',
    body: '# Model card',
    target_commitish: 'main',
  };
  const { data: release } = await api.request('POST /repos/{owner}/{repo}/releases', fields);
  const released = { ...at, release_id: release.id };
  await api.request('GET /repos/{owner}/{repo}/releases', at);
  await api.request('GET /repos/{owner}/{repo}/releases/latest', at);
  await api.request('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...at, tag: 'delay@v1.0.0' });
  await api.request('GET /repos/{owner}/{repo}/releases/{release_id}', released);
  await api.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
    ...released,
    body: '# Model card\n\nMore.',
  });
  await api.request('DELETE /repos/{owner}/{repo}/releases/{release_id}', released);

  const { data } = await api.request('POST /repos/{owner}/{repo}/deployments', {
    ...at,
    ref: 'delay@v1.0.0',
    environment: 'production',
    description: 'delay 1.0.0',
    auto_merge: false,
    required_contexts: [],
    payload: { model: 'delay' },
  });
  const one = { ...at, deployment_id: (data as { id: number }).id };
  const states = ['queued', 'in_progress', 'success', 'inactive'] as const;
  for (const state of states) {
    const status = { ...one, state, description: `Now ${state}`, environment_url: 'https://example.com' };
    await api.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', status);
  }
  await api.request('GET /repos/{owner}/{repo}/deployments', { ...at, environment: 'production' });
  await api.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}', one);
  await api.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', one);
  await api.request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', one);
};
