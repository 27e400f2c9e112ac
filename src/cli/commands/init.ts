/** `sluice init`: the files that a repository starts with. What is there is never touched. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import { git } from '../git.ts';
import { printable } from '../problem-lines.ts';
import type { CommandResult } from './command-result.ts';
import { lineDifference } from './init-difference.ts';
import { pinAction } from './init-pin.ts';
import { type InitPlace, type InitRunner, policyText, runnerEntry, WORKFLOW_FILE } from './init-policy.ts';
import { workflowText } from './init-workflow.ts';

export type InitOptions = InitPlace & { actionRepository: string; actionRef?: string; version: string };

type Starter = {
  path: string;
  text: string;
  /** What somebody who has the file already should do; nothing when it will do as it is. */
  hint(existing: string): string | undefined;
};

type Outcome = { path: string; state: 'written' | 'fits' | 'differs'; hint?: string };

/** Exit code 1 when a file is there and lacks something; nothing is overwritten, the hint says what is missing. */
export async function init(folder: string, options: InitOptions): Promise<CommandResult> {
  if ((await git(folder, ['rev-parse', '--show-prefix'])).toString().trim() !== '') {
    throw new AppError('config/invalid-input', `${folder} is not the root of its repository: that is where specs go`);
  }
  const starters = [
    policyStarter(options),
    ...(options.runner === 'actions' ? [await workflowStarter(folder, options)] : []),
  ];
  const files: Outcome[] = [];
  for (const starter of starters) files.push(await place(folder, starter));
  const next = nextSteps(options.runner, options);
  return {
    exitCode: files.some(({ state }) => state === 'differs') ? 1 : 0,
    text: [...files.flatMap(lines), '', 'Next:', ...next.map((step) => `  - ${step}`)].join('\n'),
    json: { runner: options.runner, files, next },
  };
}

async function place(folder: string, { path: name, text, hint }: Starter): Promise<Outcome> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
    return { path: name, state: 'written' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const advice = hint(await readFile(file, 'utf8'));
  return advice === undefined ? { path: name, state: 'fits' } : { path: name, state: 'differs', hint: advice };
}

function policyStarter(options: InitOptions): Starter {
  const text = policyText(options);
  const { policy, problems } = parsePolicy({ path: POLICY_PATH, text });
  if (!policy) throw new AppError('config/invalid-input', problems.map(({ message }) => message).join('\n'));
  return {
    path: POLICY_PATH,
    text,
    hint(existing) {
      const { policy } = parsePolicy({ path: POLICY_PATH, text: existing });
      if (!policy) return 'It is not valid: sluice validate says why';
      if (policy.runners.some(({ type }) => type === options.runner)) return undefined;
      return `It has no runner of type ${options.runner}. Below "runners:" add\n\n${runnerEntry(options).trimEnd()}`;
    },
  };
}

async function workflowStarter(folder: string, options: InitOptions): Promise<Starter> {
  const { actionRepository: repository, version } = options;
  const name = `.github/workflows/${WORKFLOW_FILE}`;
  const ref = options.actionRef ?? (await pinnedAlready(path.join(folder, name), repository));
  const commit = await pinAction({ repository, version, ...(ref === undefined ? {} : { ref }) });
  const text = workflowText({ repository, commit, version });
  return {
    path: name,
    text,
    hint: (existing) =>
      existing === text ? undefined : `It is not what this version writes (+):\n\n${lineDifference(existing, text)}`,
  };
}

/** Who has a pin needs no new one, nor the network. */
async function pinnedAlready(file: string, repository: string): Promise<string | undefined> {
  const existing = await readFile(file, 'utf8').catch(() => '');
  const uses = /uses: (\S+)\/actions\/train@([0-9a-f]{40})\b/.exec(existing);
  return uses?.[1] === repository ? uses[2] : undefined;
}

function lines({ path: name, state, hint }: Outcome): string[] {
  if (state === 'written') return [`wrote ${name}`];
  if (state === 'fits') return [`kept ${name}: it has what is needed`];
  return [`kept ${name}`, ...hint!.split('\n').map((line) => printable(`    ${line}`).trimEnd())];
}

function nextSteps(runner: InitRunner, { namespace, address }: InitPlace): string[] {
  const declare = 'declare a dataset in data/ and a model in models/ (docs/specs.md), then run: sluice validate';
  const merge = 'commit, and merge into the default branch: Sluice reads the policy there';
  switch (runner) {
    case 'local':
      return [declare, merge];
    case 'actions':
      return [
        declare,
        `${merge}, and GitHub dispatches the workflow from there`,
        'let the app have read and write access to Actions in the settings of the GitHub App',
      ];
    case 'kubernetes':
      return [declare, merge, `on the server: SLUICE_KUBERNETES_NAMESPACES=${namespace}`];
    case 'ray':
      return [declare, merge, `on the server: SLUICE_RAY_ADDRESSES=${address}`];
  }
}
