import { ActionError } from './action-error.ts';
import { githubIo, type Io } from './io.ts';

/** Runs one action and sets the step's exit code: what `run` answers, or 1 with an annotation for what it throws. */
export async function startAction(run: (io: Io) => Promise<number>): Promise<void> {
  const io = githubIo(process.env);
  try {
    process.exitCode = await run(io);
  } catch (error) {
    const isExpected = error instanceof ActionError;
    io.error(isExpected || !(error instanceof Error) ? String((error as Error).message ?? error) : `${error.stack}`);
    process.exitCode = 1;
  }
}
