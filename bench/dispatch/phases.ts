import path from 'node:path';
import { createPgliteStore } from '../../src/adapters/store/pglite.ts';

/** Milliseconds from the phase before (the first: from the webhook) to where its name says. */
export type Phases = {
  /** The job is in the store. */
  planned: number;
  /** It is written down that the runner gets it. */
  handed: number;
  /** The server answers the agent's claim. */
  claimed: number;
  checkedOut: number;
  /** The training split is a file. */
  split: number;
  /** The first instruction of the command. */
  begun: number;
};

/** Where the time went, from what a server that has ended wrote down of each head's training. */
export async function readPhases(
  stateFolder: string,
  samples: { head: string; webhook: number; begun: number }[],
): Promise<Phases[]> {
  const store = await createPgliteStore({ folder: path.join(stateFolder, 'store') });
  try {
    const jobs = (await store.jobs.list({})).filter((job) => job.task.kind === 'train');
    return await Promise.all(
      samples.map(async ({ head, webhook, begun }) => {
        const job = jobs.find(({ sha }) => sha === head);
        if (!job) throw new Error(`no training of ${head} is in the store`);
        const lines = await store.jobs.events(job.id, { kind: 'log' });
        const at = (start: RegExp) =>
          lines.find((event) => event.kind === 'log' && start.test(event.line))?.at ?? Number.NaN;
        const ends = [
          webhook,
          job.createdAt,
          job.handedAt ?? Number.NaN,
          job.startedAt ?? Number.NaN,
          at(/^checked out/),
          at(/^\d+ rows; running/),
          begun,
        ];
        const [planned, handed, claimed, checkedOut, split, command] = ends.slice(1).map((end, i) => end - ends[i]!);
        return {
          planned: planned!,
          handed: handed!,
          claimed: claimed!,
          checkedOut: checkedOut!,
          split: split!,
          begun: command!,
        };
      }),
    );
  } finally {
    await store.close();
  }
}
