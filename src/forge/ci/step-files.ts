import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hideSecrets } from './job-log.ts';
import type { JobScope } from './job-scope.ts';

export type StepFiles = { env: Record<string, string>; collect: () => Promise<StepWritings> };

export type StepWritings = { outputs: Record<string, string>; state: Record<string, string> };

/** `name=value` lines and `name<<MARK … MARK` blocks, as `GITHUB_OUTPUT`, `GITHUB_ENV` and `GITHUB_STATE` take them. */
export const parseFileCommands = (text: string): [string, string][] => {
  const lines = text.split(/\r?\n/);
  const pairs: [string, string][] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const block = /^([^=]*?)<<(.+)$/.exec(line);
    if (block) {
      const end = lines.indexOf(block[2] ?? '', at + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${block[2]}'`);
      pairs.push([block[1] ?? '', lines.slice(at + 1, end).join('\n')]);
      at = end;
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1) throw new Error(`Invalid format '${line}'`);
    pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
  }
  return pairs;
};

const names = ['output', 'env', 'path', 'state', 'step_summary'] as const;

/** GitHub's limit of a step's summary, in characters here. */
const summaryLimit = 1024 * 1024;

const isReserved = (name: string): boolean => /^(GITHUB_|RUNNER_)/i.test(name) || /^NODE_OPTIONS$/i.test(name);

/** Empty files for a step to write to; `collect` applies what it wrote to the job. */
export const openStepFiles = async (scope: JobScope): Promise<StepFiles> => {
  const folder = path.join(scope.folders.temp, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const fileOf = (name: string): string => path.join(folder, `${name}_${id}`);
  await Promise.all(names.map((name) => writeFile(fileOf(name), '')));
  const read = (name: string): Promise<string> => readFile(fileOf(name), 'utf8').catch(() => '');
  return {
    env: Object.fromEntries(names.map((name) => [`GITHUB_${name.toUpperCase()}`, fileOf(name)])),
    collect: async () => {
      const written = [read('output'), read('env'), read('path'), read('state'), read('step_summary')] as const;
      const [output, env, added, state, summary] = await Promise.all(written);
      await Promise.all(names.map((name) => rm(fileOf(name), { force: true })));
      if (summary.length <= summaryLimit) scope.job.summary += hideSecrets(summary, scope.masks);
      for (const [name, value] of parseFileCommands(env)) {
        if (isReserved(name)) throw new Error(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
        scope.env[name] = value;
      }
      scope.path.unshift(
        ...added
          .split(/\r?\n/)
          .filter((line) => line !== '')
          .reverse(),
      );
      return {
        outputs: Object.fromEntries(parseFileCommands(output)),
        state: Object.fromEntries(parseFileCommands(state)),
      };
    },
  };
};
