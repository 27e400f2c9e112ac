import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process';

export type GitResult = { code: number; stdout: Buffer; stderr: string };

/**
 * The machine's and the user's git settings stay out, so that the forge behaves the same everywhere. Objects of the
 * forge carry the times that the caller gives.
 */
const environment = (extra: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  ...extra,
});

/** Git that goes on reading what it is asked. */
export const startGit = (
  gitDir: string,
  args: string[],
  stdio: SpawnOptionsWithStdioTuple<StdioPipe, StdioPipe, StdioNull>['stdio'],
) => spawn('git', ['--git-dir', gitDir, ...args], { env: environment({}), stdio });

export type GitOptions = { input?: string | Buffer; env?: Record<string, string> };

/** Runs git in a bare repository and gives whatever came, also when git says no. */
export const tryGit = (gitDir: string, args: string[], options: GitOptions = {}): Promise<GitResult> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', ['--git-dir', gitDir, ...args], { env: environment(options.env ?? {}) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
    // git may end before it has read everything; the exit code tells what came of it
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });

/** Runs git and gives its output, or throws what git said. */
export const git = async (gitDir: string, args: string[], options: GitOptions = {}): Promise<string> => {
  const result = await tryGit(gitDir, args, options);
  if (result.code !== 0) throw new Error(`git ${args[0]}: ${result.stderr.trim() || `exit status ${result.code}`}`);
  return result.stdout.toString();
};

export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
