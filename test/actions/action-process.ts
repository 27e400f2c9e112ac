/** Runs a bundled action as GitHub's runner does: inputs in the environment, answers in files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { selfCommand } from '../../src/self-command.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export type ActionRun = {
  code: number;
  outputs: Record<string, string>;
  summary: string;
  /** Folders that were put on the PATH of later steps. */
  paths: string[];
  /** `error file=a.yaml,line=3::message`, unescaped. */
  annotations: string[];
  stdout: string;
};

type Options = {
  name: 'setup' | 'train' | 'evaluate' | 'drift';
  /** Where the step's files are; RUNNER_TEMP is below it. */
  folder: string;
  inputs?: Record<string, string>;
  env?: Record<string, string>;
  /** Folders before the system's on the PATH. */
  programs?: string[];
  cwd?: string;
  /** The bundle's root: a checkout of this repository. */
  source?: string;
  /** Node.js that runs the bundle; this one by default. */
  node?: string;
  onStart?(child: ChildProcess): void;
};

type Declared = { inputs: Record<string, { default?: string }> };

export async function runAction(options: Options): Promise<ActionRun> {
  const {
    name,
    folder,
    inputs = {},
    env = {},
    programs = [],
    cwd = folder,
    source = ROOT,
    node = process.execPath,
    onStart,
  } = options;
  const file = (one: string) => path.join(folder, one);
  await mkdir(file('temp'), { recursive: true });
  for (const one of ['output', 'summary', 'path', 'env']) await writeFile(file(one), '');
  const declared = parse(await readFile(path.join(ROOT, 'actions', name, 'action.yml'), 'utf8')) as Declared;
  const defaults = Object.entries(declared.inputs).map(([key, { default: value = '' }]) => [key, value]);
  const given = Object.entries({ ...Object.fromEntries(defaults), ...inputs }).map(([key, value]) => [
    `INPUT_${key.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  const child = spawn(node, [path.join(source, 'actions/dist', `${name}.mjs`)], {
    cwd,
    env: {
      HOME: process.env.HOME,
      PATH: [...programs, '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_PATH: file('path'),
      GITHUB_ENV: file('env'),
      RUNNER_TEMP: file('temp'),
      RUNNER_TOOL_CACHE: file('tools'),
      ...Object.fromEntries(given),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stdout += chunk;
  });
  const ended = new Promise<number>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? (signal ? 255 : 0))),
  );
  onStart?.(child);
  const code = await ended;
  const [output, summary, added] = await Promise.all(
    ['output', 'summary', 'path'].map((one) => readFile(file(one), 'utf8')),
  );
  const paths = added!.split('\n').filter((line) => line !== '');
  return { code, outputs: parseOutputs(output!), summary: summary!, paths, annotations: annotationsOf(stdout), stdout };
}

/** GitHub's form of several lines: name<<delimiter, lines, delimiter. */
function parseOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(ghadelimiter_\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map((match) => [match[1]!, match[3]!]));
}

/** As GitHub reads them: nothing between ::stop-commands:: and its mark counts. */
function annotationsOf(stdout: string): string[] {
  let mark: string | undefined;
  const annotations: string[] = [];
  for (const line of stdout.split('\n')) {
    if (mark !== undefined) {
      if (line === `::${mark}::`) mark = undefined;
      continue;
    }
    mark = /^::stop-commands::(.+)$/.exec(line)?.[1];
    const command = /^::((?:error|warning|notice).*)$/.exec(line)?.[1];
    if (command)
      annotations.push(
        command.replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%'),
      );
  }
  return annotations;
}

/** A folder with a `sluice` that is this working tree's, as an image has it that was made for jobs. */
export async function sluiceProgram(folder: string): Promise<string> {
  return program(
    path.join(folder, 'bin'),
    'sluice',
    `exec ${selfCommand()
      .map((word) => `'${word}'`)
      .join(' ')} "$@"`,
  );
}

/** Answers the folder of a new shell program. */
export async function program(folder: string, name: string, script: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, name), 0o755);
  return folder;
}
