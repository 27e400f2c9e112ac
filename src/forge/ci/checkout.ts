import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { JobScope } from './job-scope.ts';
import { type ProcessResult, runProcess, type StepRun } from './run-process.ts';

const nothing = { outputs: {}, state: {} };

const emptied = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true });
};

/** `actions/checkout`: clones from the forge over HTTP, as a job elsewhere would. */
export const checkout = async (
  scope: JobScope,
  step: StepRun,
  inputs: Record<string, string>,
): Promise<ProcessResult> => {
  const { state } = scope.world;
  const fullName = inputs.repository || scope.repository.fullName;
  const isOwn = fullName.toLowerCase() === scope.repository.fullName.toLowerCase();
  const ref = inputs.ref || (isOwn ? scope.run.headSha : 'HEAD');
  const cwd = path.resolve(scope.folders.workspace, inputs.path || '.');
  const token = inputs.token || scope.token;
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  const depth = Number(inputs['fetch-depth'] || '1');
  scope.masks.add(Buffer.from(`x-access-token:${token}`).toString('base64'));
  await emptied(cwd);
  const key = `http.${state.url}/.extraheader`;
  const git = (...args: string[]): Promise<ProcessResult> => {
    const env = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return runProcess(scope, step, { command: 'git', args, cwd, env });
  };
  const isSha = /^[0-9a-f]{40}$/.test(ref);
  const commands = [
    ['init', '--quiet', '--initial-branch=main', '.'],
    ['remote', 'add', 'origin', `${state.url}/${fullName}`],
    ['config', '--local', key, header],
    [
      'fetch',
      '--quiet',
      '--no-tags',
      ...(depth > 0 ? [`--depth=${depth}`] : []),
      'origin',
      ...(depth > 0 ? [ref] : ['+refs/heads/*:refs/remotes/origin/*', ...(isSha ? [ref] : [])]),
    ],
    [
      '-c',
      'advice.detachedHead=false',
      'checkout',
      '--quiet',
      '--force',
      depth > 0 || isSha ? 'FETCH_HEAD' : `origin/${ref}`,
    ],
    ...(inputs['persist-credentials'] === 'false' ? [['config', '--local', '--unset-all', key]] : []),
  ];
  if (depth === 0 && isSha) commands[4]!.splice(-1, 1, ref);
  step.log.write(`Syncing repository: ${fullName}`);
  for (const args of commands) {
    const result = await git(...args);
    if (!result.ok) return { ...nothing, ok: false };
  }
  return { outputs: { ref, commit: isSha ? ref : '' }, state: {}, ok: true };
};
