import type { World } from '../world.ts';
import { triggerWorkflows } from './trigger-workflows.ts';

/** Starts workflows when something happens in their repository. */
export const listenForTriggers = (world: World): void => {
  world.onEvent.push((emission, payload) => {
    const { repository, event, body } = emission;
    if (!repository || world.ci.closing) return;
    const isDefault = event === 'push' && body.ref === `refs/heads/${repository.defaultBranch}`;
    // only a push to the default branch can bring the first workflow
    if (repository.actions.workflows.length === 0 && !isDefault) return;
    triggerWorkflows(world, { ...emission, repository }, payload()).catch((error: unknown) => {
      // a forge that is closed has no folder any more
      if (!world.ci.closing) throw error;
    });
  });
};
