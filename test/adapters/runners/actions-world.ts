import type { ActionsClient } from '../../../src/adapters/runners/actions/actions-client.ts';
import { createActionsRunner } from '../../../src/adapters/runners/actions/create-actions-runner.ts';
import { openGitHubWorld } from '../github/github-world.ts';
import { REPOSITORY } from './actions-place.ts';
import { workflowFile } from './actions-workflow.ts';

/** A forge whose repository has the workflow, and `machines` runners with the labels that it asks for. */
export async function openActionsWorld({ run = 'exec sleep 600', machines = 1 } = {}) {
  const world = await openGitHubWorld();
  const { forge, access, repository } = world;
  const time = { shift: 0 };
  const clock = { now: () => Date.now() + time.shift };
  const warnings: string[] = [];
  /** What was sent, as `POST /repos/…`. */
  const sent: string[] = [];
  const client = async (): Promise<ActionsClient> => {
    const octokit = await access.octokitFor(repository.installationId);
    return {
      request: (route, parameters) => {
        sent.push(route);
        return octokit.request(route, parameters);
      },
    };
  };
  const write = (files: Record<string, string | null>) =>
    forge.importFiles(REPOSITORY, 'main', files, 'Change how it trains', 'owner');
  forge.setCancelGrace({ interrupt: 500, terminate: 500 });
  await write({ '.github/workflows/sluice.yml': workflowFile(run) });
  for (let number = 1; number <= machines; number += 1) {
    forge.registerRunner({ name: `machine-${number}`, labels: ['self-hosted', 'gpu'] });
  }
  const app = { login: 'sluice[bot]' };
  const runner = createActionsRunner({
    octokitFor: client,
    appLogin: async () => app.login,
    defaultBranch: async () => 'main',
    clock,
    log: { warn: (_, message) => warnings.push(message) },
  });
  const runs = () => world.seen().actions.workflowRuns;
  return {
    ...world,
    runner,
    client,
    app,
    time,
    warnings,
    sent,
    write,
    runs,
    runOf: (handle: unknown) => runs().find(({ id }) => id === (handle as { runId: number }).runId)!,
    jobOf: (handle: unknown) =>
      world.seen().actions.workflowJobs.findLast(({ runId }) => runId === (handle as { runId: number }).runId)!,
    close: world.close,
  };
}

export type ActionsWorld = Awaited<ReturnType<typeof openActionsWorld>>;
