import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../shared/action-error.ts';
import { childEnv } from '../shared/child-env.ts';
import { findProgram } from '../shared/find-program.ts';
import { installSluice } from '../shared/install-sluice.ts';
import type { Io } from '../shared/io.ts';
import { runProgram } from '../shared/run-program.ts';
import { sluiceCommand } from '../shared/sluice-command.ts';

export type SetupInputs = {
  /** auto: only where the PATH has none. */
  install: 'auto' | 'true' | 'false';
};

/** `source`: the checkout of this repository that the action lies in. */
export async function setup(inputs: SetupInputs, io: Io, source: string): Promise<number> {
  if (process.platform === 'win32') throw new ActionError('sluice runs on Linux and macOS runners');
  const present = inputs.install === 'true' ? undefined : await findProgram('sluice', io.env.PATH);
  if (present) return report(io, { program: present, cache: 'none' });
  if (inputs.install === 'false') {
    throw new ActionError('There is no sluice on the PATH, and "install" is false: use an image that has it');
  }
  const { folder, reused } = await installSluice(io, source);
  const program = await writeLauncher(io, sluiceCommand(folder));
  io.addPath(path.dirname(program));
  return report(io, { program, cache: reused ? 'hit' : 'miss' });
}

/** For this job only: the Node.js of the runner may be another one tomorrow, while the tool cache stays. */
async function writeLauncher(io: Io, command: string[]): Promise<string> {
  const folder = path.join(io.env.RUNNER_TEMP ?? path.dirname(command.at(-1)!), 'sluice-bin');
  const file = path.join(folder, 'sluice');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

async function report(io: Io, found: { program: string; cache: string }): Promise<number> {
  const ended = await runProgram(io, [found.program, '--version'], { env: childEnv(io.env, { identity: false }) });
  const version = ended.stdout.trim();
  if (ended.code !== 0 || !/^\d+\.\d+\.\d+/.test(version)) {
    throw new ActionError(`${found.program} --version ended with ${ended.code} and said ${JSON.stringify(version)}`);
  }
  io.output('version', version);
  io.output('path', found.program);
  io.output('cache', found.cache);
  io.info(`sluice ${version}: ${found.program}`);
  return 0;
}
