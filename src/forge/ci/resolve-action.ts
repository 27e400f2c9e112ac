import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findRepository } from '../find.ts';
import { resolveCommit } from '../git/refs.ts';
import { git } from '../git/run-git.ts';
import { builtInActions } from './built-in-actions.ts';
import type { JobScope } from './job-scope.ts';

const run = promisify(execFile);

export type ResolvedAction =
  /** Done by the forge itself. */
  { kind: 'built-in'; name: string } | { kind: 'folder'; folder: string };

const parts = (uses: string): { name: string; sub: string; ref: string } | undefined => {
  const match = /^([\w.-]+\/[\w.-]+)((?:\/[^@]+)?)@(.+)$/.exec(uses);
  return match ? { name: match[1] ?? '', sub: (match[2] ?? '').slice(1), ref: match[3] ?? '' } : undefined;
};

const exists = async (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  );

/** Below `folder`, never outside it. */
const inside = (folder: string, sub: string): string => {
  const found = path.resolve(folder, sub);
  if (found !== path.resolve(folder) && !found.startsWith(path.resolve(folder) + path.sep)) {
    throw new Error(`'${sub}' is not in the action's repository`);
  }
  return found;
};

/**
 * Where the action of a `uses:` is: in the workspace (`./path`), in a folder that the forge was given for its name, or in a
 * repository of the forge at that ref. Anything else cannot be had here.
 */
export const resolveAction = async (scope: JobScope, uses: string): Promise<ResolvedAction> => {
  if (uses.startsWith('./')) return { kind: 'folder', folder: inside(scope.folders.workspace, uses) };
  if (uses.startsWith('docker://')) throw new Error(`This forge does not run Docker actions (${uses})`);
  const named = parts(uses);
  if (!named) {
    throw new Error(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  }
  const provided = scope.world.ci.providedActions.get(named.name.toLowerCase());
  if (provided !== undefined) return { kind: 'folder', folder: inside(provided, named.sub) };
  const [owner = '', name = ''] = named.name.split('/');
  const repository = findRepository(scope.world.state, owner, name);
  const readable = repository && (!repository.private || repository.id === scope.repository.id);
  if (!repository || !readable) {
    if (builtInActions[named.name.toLowerCase()]) return { kind: 'built-in', name: named.name.toLowerCase() };
    throw new Error(`Unable to resolve action \`${uses}\`, repository not found`);
  }
  const sha = await resolveCommit(repository.gitDir, named.ref);
  if (!sha) throw new Error(`Unable to resolve action \`${uses}\`, unable to find version \`${named.ref}\``);
  const folder = path.join(scope.folders.actions, owner, name, sha);
  if (!(await exists(folder))) {
    await mkdir(folder, { recursive: true });
    const archive = path.join(scope.folders.temp, `${sha}.tar`);
    await git(repository.gitDir, ['archive', '--format=tar', `--output=${archive}`, sha]);
    await run('tar', ['-xf', archive, '-C', folder]);
  }
  return { kind: 'folder', folder: inside(folder, named.sub) };
};
