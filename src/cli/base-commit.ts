import { AppError } from '../domain/errors.ts';
import { git } from './git.ts';

/** The remote's default branch; a repository without a remote is compared with its own `main` or `master`. */
const REMOTE_DEFAULT = 'origin/HEAD';

/** Where the work left the base branch, as a pull request would show it; undefined in a repository without commits. */
export async function baseCommit(folder: string, named: string | undefined): Promise<string | undefined> {
  const isDefault = named === undefined || named === REMOTE_DEFAULT;
  for (const ref of isDefault ? [REMOTE_DEFAULT, 'main', 'master'] : [named]) {
    const sha = await resolve(folder, ref);
    if (sha === undefined) continue;
    const fork = await git(folder, ['merge-base', sha, 'HEAD']).catch(() => undefined);
    return fork?.toString().trim() ?? sha;
  }
  if (!isDefault) throw new AppError('config/invalid-input', `there is no commit ${JSON.stringify(named)} here`);
  return resolve(folder, 'HEAD');
}

async function resolve(folder: string, ref: string): Promise<string | undefined> {
  const output = await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).catch(
    () => undefined,
  );
  return output?.toString().trim();
}
