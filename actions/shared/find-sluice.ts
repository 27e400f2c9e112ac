import { ActionError } from './action-error.ts';
import { findProgram } from './find-program.ts';
import { installSluice } from './install-sluice.ts';
import type { Io } from './io.ts';
import { sluiceCommand } from './sluice-command.ts';

/** Program and arguments of the `sluice` that the PATH has, or of the one that is installed now from `source`. */
export async function findSluice(io: Io, source: string): Promise<string[]> {
  if (process.platform === 'win32') {
    throw new ActionError('sluice runs on Linux and macOS runners: it ends what a job started by its process group');
  }
  const onPath = await findProgram('sluice', io.env.PATH);
  if (onPath) return [onPath];
  io.info('There is no sluice on the PATH: installing it');
  return sluiceCommand((await installSluice(io, source)).folder);
}
