import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../domain/errors.ts';

const COMMIT = /^[0-9a-f]{40}$/;
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/;
const TIMEOUT_MS = 15_000;

type Wanted = { repository: string; ref?: string; version: string };

/** The commit that the workflow's actions are pinned to: the one that is given, or that of the version's tag on GitHub. */
export async function pinAction({ repository, ref, version }: Wanted): Promise<string> {
  if (!REPOSITORY.test(repository)) {
    throw new AppError('config/invalid-input', `--action-repository must be owner/name, not ${repository}`);
  }
  if (ref !== undefined) {
    if (COMMIT.test(ref)) return ref;
    const why = 'a tag or a branch may be moved to other code at any time';
    throw new AppError('config/invalid-input', `--action-ref must be a commit of 40 hex digits: ${why}`);
  }
  const url = `https://github.com/${repository}.git`;
  const tag = `refs/tags/v${version}`;
  const lines = await lookUp(url, tag);
  // An annotated tag is an object of its own; the commit stands beside ^{}.
  const found = lines.find(([, name]) => name === `${tag}^{}`) ?? lines.find(([, name]) => name === tag);
  if (found && COMMIT.test(found[0]!)) return found[0]!;
  throw unknown(`${url} has no tag v${version}`);
}

async function lookUp(url: string, tag: string): Promise<string[][]> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const asked = promisify(execFile)('git', ['ls-remote', url, tag, `${tag}^{}`], { env, timeout: TIMEOUT_MS });
  const { stdout } = await asked.catch((cause: { stderr?: string; message: string }) => {
    throw unknown(`asking ${url} for it: ${cause.stderr?.trim().split('\n')[0] || cause.message}`, cause);
  });
  return stdout.split('\n').map((line) => line.split('\t'));
}

function unknown(why: string, cause?: unknown): AppError {
  const what = 'the workflow pins its actions to a commit; say which with --action-ref <40 hex digits>';
  return new AppError('config/invalid-input', `${what} (${why})`, { cause });
}
