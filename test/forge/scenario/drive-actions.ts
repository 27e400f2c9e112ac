import type { ForgeWorld } from './forge-world.ts';
import { waitFor } from './wait-for.ts';

const workflow = `name: Train
on:
  workflow_dispatch:
    inputs: { job: { required: true } }
jobs:
  train:
    runs-on: self-hosted
    steps:
      - run: echo "\${{ inputs.job }}" > report.txt
      - uses: actions/upload-artifact@v4
        with: { name: "report-\${{ github.run_attempt }}", path: report.txt }
      - run: test "\${{ inputs.job }}" != bad
`;

/** Workflows from dispatch to artifacts, run again, cancelled and forgotten. */
export const driveActions = async (world: ForgeWorld): Promise<void> => {
  const { installation: api, forge, owner, repo } = world;
  const at = { owner, repo };
  forge.registerRunner({ name: 'driven', labels: ['self-hosted'] });
  await forge.importFiles(
    'acme/models',
    'main',
    { '.github/workflows/train.yml': workflow },
    'Add a workflow',
    'owner',
  );
  const { data: listed } = await api.request('GET /repos/{owner}/{repo}/actions/workflows', at);
  const { id } = listed.workflows[0]!;
  const file = { ...at, workflow_id: 'train.yml' };
  await api.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}', { ...at, workflow_id: id });
  await api.request('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable', file);
  await api.request('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable', file);
  const dispatched = { ...file, ref: 'main', inputs: { job: 'bad' } };
  await api.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
    ...dispatched,
    return_run_details: true,
  });
  const query = { event: 'workflow_dispatch', branch: 'main', per_page: 10 };
  const { data: runs } = await api.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
    ...file,
    ...query,
  });
  await api.request('GET /repos/{owner}/{repo}/actions/runs', { ...at, ...query, exclude_pull_requests: true });
  const one = { ...at, run_id: Number(runs.workflow_runs[0]!.id) };
  const completed = () =>
    waitFor(async () => {
      const { data } = await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', one);
      return data.status === 'completed';
    });
  await completed();
  await api.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun', one);
  await completed();
  await api.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', one);
  await completed();
  const { data: jobs } = await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
    ...one,
    filter: 'all',
  });
  const job = { ...at, job_id: Number(jobs.jobs.at(-1)!.id) };
  await api.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}', job);
  await api.request('POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun', job);
  await completed();
  await api.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', job);
  await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/logs', one);
  const attempt = { ...one, attempt_number: 2 };
  await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}', attempt);
  await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', attempt);
  await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs', attempt);
  await api.request('GET /repos/{owner}/{repo}/actions/artifacts', { ...at, name: 'report-1' });
  const { data: kept } = await api.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', one);
  const artifact = { ...at, artifact_id: kept.artifacts[0]!.id };
  await api.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}', artifact);
  await api.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
    ...artifact,
    archive_format: 'zip',
  });
  await api.request('DELETE /repos/{owner}/{repo}/actions/artifacts/{artifact_id}', artifact);
  await forge.unregisterRunner('driven');
  for (const how of ['cancel', 'force-cancel'] as const) {
    await api.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', dispatched);
    const { data } = await api.request('GET /repos/{owner}/{repo}/actions/runs', { ...at, status: 'queued' });
    const queued = { ...at, run_id: Number(data.workflow_runs[0]!.id) };
    await api.request(`POST /repos/{owner}/{repo}/actions/runs/{run_id}/${how}`, queued);
  }
  await api.request('DELETE /repos/{owner}/{repo}/actions/runs/{run_id}', one);
};
