import type { World } from '../world.ts';

/** Kills all that jobs started and waits for its end; no job begins afterwards. */
export const stopAll = async (world: World): Promise<void> => {
  world.ci.closing = true;
  const running = [...world.ci.running.values()];
  for (const job of running) job.stop('lost');
  await Promise.all(running.map((job) => job.done));
};
