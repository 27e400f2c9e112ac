import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobScope } from './job-scope.ts';
import { type ProcessResult, runProcess, type StepRun } from './run-process.ts';

/** GitHub's command lines, `{0}` being the script. */
const shells: Record<string, string> = {
  bash: 'bash --noprofile --norc -e -o pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python {0}',
};

const unnamed = 'bash -e {0}';

/** Runs the text of a `run:` step. */
export const runScript = async (
  scope: JobScope,
  step: StepRun,
  script: { text: string; shell: string | undefined; workingDirectory: string | undefined },
): Promise<ProcessResult> => {
  const { text, shell } = script;
  const template = shell === undefined ? unnamed : (shells[shell] ?? shell);
  if (!template.includes('{0}')) throw new Error(`This forge has no shell '${shell}'; it has bash, sh and python`);
  const file = path.join(scope.folders.temp, `${randomUUID()}.${shell === 'python' ? 'py' : 'sh'}`);
  await writeFile(file, text);
  const [command = '', ...args] = template.split(/\s+/).map((part) => part.replace('{0}', file));
  step.log.write(`##[group]Run ${text.trim().split('\n')[0] ?? ''}`);
  for (const line of text.replace(/\n$/, '').split('\n')) step.log.write(line);
  step.log.write(`shell: ${template}`);
  step.log.write('##[endgroup]');
  const cwd = path.resolve(scope.folders.workspace, script.workingDirectory ?? '.');
  return runProcess(scope, step, { command, args, cwd });
};
