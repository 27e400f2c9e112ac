import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { init } from '../../src/cli/commands/init.ts';
import { lineDifference } from '../../src/cli/commands/init-difference.ts';
import { pinAction } from '../../src/cli/commands/init-pin.ts';
import { validate } from '../../src/cli/commands/validate.ts';
import { selfCommand } from '../../src/self-command.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const WORKFLOW = '.github/workflows/sluice-train.yml';
const IMAGE = `registry.example/sluice@sha256:${'a'.repeat(64)}`;
const OPTIONS = {
  runner: 'local',
  runsOn: ['ubuntu-latest'],
  namespace: 'sluice',
  address: 'http://ray.example:8265',
  owners: [],
  actionRepository: 'acme/sluice',
  actionRef: COMMIT,
  version: '1.2.3',
} as const;

/** GitHub's expression. */
const given = (what: string) => `$\{{ ${what} }}`;

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=author', '-c', 'user.email=author@example.invalid', '-C', folder, ...args], {
    encoding: 'utf8',
  }).trim();
const read = (file: string) => readFile(path.join(folder, file), 'utf8');
const start = (over: Partial<Parameters<typeof init>[1]> = {}) =>
  init(folder, { ...OPTIONS, runsOn: ['x'], owners: [], ...over });

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what is written', () => {
  test.each([
    ['local', { type: 'local', maxHours: 2 }],
    ['actions', { type: 'actions', workflow: 'sluice-train.yml', runsOn: ['x'], startWithin: '10m', maxHours: 6 }],
    ['kubernetes', { type: 'kubernetes', namespace: 'sluice', image: IMAGE, gpu: 0, maxHours: 6 }],
    ['ray', { type: 'ray', address: 'http://ray.example:8265', agent: ['sluice', 'agent'], cpus: 1, maxHours: 6 }],
  ] as const)('%s: a policy that sluice validate takes, with that runner', async (runner, entry) => {
    const answer = await start({ runner, image: IMAGE, owners: ['owner', 'acme/ml'] });
    expect(answer).toMatchObject({
      exitCode: 0,
      json: { files: expect.arrayContaining([{ path: 'sluice.yaml', state: 'written' }]) },
    });
    const policy = parse(await read('sluice.yaml'));
    expect(policy.runners).toEqual({ [runner]: entry });
    expect(policy.owners).toEqual({ default: ['@owner', '@acme/ml'] });
    expect(await validate(folder)).toMatchObject({ exitCode: 0, json: { valid: true, errors: 0, warnings: 0 } });
  });

  test('actions: a workflow with the fixed inputs and name, one permission and a pinned action', async () => {
    await start({ runner: 'actions' });
    const workflow = parse(await read(WORKFLOW));
    expect(workflow['run-name']).toBe(`sluice ${given('inputs.job')}.${given('inputs.attempt')}`);
    const inputs = workflow.on.workflow_dispatch.inputs as Record<string, unknown>;
    expect(Object.keys(inputs)).toEqual(['job', 'attempt', 'server', 'sha', 'runs_on']);
    for (const input of Object.values(inputs)) expect(input).toMatchObject({ required: true, type: 'string' });
    expect(workflow.permissions).toEqual({ 'id-token': 'write' });
    expect(workflow).not.toHaveProperty('concurrency');
    expect(workflow.jobs).toEqual({
      sluice: {
        'runs-on': given('fromJSON(inputs.runs_on)'),
        'timeout-minutes': 360,
        steps: [
          {
            uses: `acme/sluice/actions/train@${COMMIT}`,
            with: { server: given('inputs.server'), job: given('inputs.job'), attempt: given('inputs.attempt') },
          },
        ],
      },
    });
    expect(await read(WORKFLOW)).toContain(`@${COMMIT} # v1.2.3\n`);
    // GitHub's own parser, loaded as GitHub's tools load it: its JSON import needs a loader.
    expect(complaints(await read(WORKFLOW))).toEqual([]);
    expect(complaints((await read(WORKFLOW)).replace('inputs.runs_on', 'input.runs_on'))).not.toEqual([]);
  });
});

function complaints(workflow: string): string[] {
  const program = `
    import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
    const parsed = parseWorkflow({ name: 'w.yml', content: process.argv[1] }, new NoOperationTraceWriter());
    const template = parsed.value ? await convertWorkflowTemplate(parsed.context, parsed.value) : { errors: [] };
    const all = [...parsed.context.errors.getErrors(), ...(template.errors ?? [])];
    process.stdout.write(JSON.stringify(all.map((one) => one.message ?? one.Message)));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program, workflow];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

describe('what is there already', () => {
  test('is left alone, and is enough when nothing is missing: exit 0', async () => {
    await start({ runner: 'actions' });
    const before = [await read('sluice.yaml'), await read(WORKFLOW)];
    // without a commit to pin: the one that is there stays, and nobody is asked for another
    const { actionRef: _, ...options } = OPTIONS;
    expect(await init(folder, { ...options, runner: 'actions', runsOn: ['x'], owners: [] })).toMatchObject({
      exitCode: 0,
      json: {
        files: [
          { path: 'sluice.yaml', state: 'fits' },
          { path: WORKFLOW, state: 'fits' },
        ],
      },
    });
    expect([await read('sluice.yaml'), await read(WORKFLOW)]).toEqual(before);
  });

  test('without the runner: exit 1 and the lines to add, which are right', async () => {
    await start();
    const before = await read('sluice.yaml');
    const answer = await start({ runner: 'ray' });
    expect(answer).toMatchObject({ exitCode: 1, json: { files: [{ state: 'differs' }] } });
    expect(await read('sluice.yaml')).toBe(before);
    const { hint } = (answer.json as { files: { hint: string }[] }).files[0]!;
    await writeFile(
      path.join(folder, 'sluice.yaml'),
      before.replace('runners:\n', `runners:\n${hint.split('\n\n')[1]}\n`),
    );
    expect(Object.keys(parse(await read('sluice.yaml')).runners)).toEqual(['ray', 'local']);
    expect(await start({ runner: 'ray' })).toMatchObject({ exitCode: 0 });
  });

  test('another workflow: exit 1 and the lines that differ', async () => {
    await start({ runner: 'actions' });
    await writeFile(path.join(folder, WORKFLOW), (await read(WORKFLOW)).replace('id-token: write', 'contents: write'));
    const { exitCode, text } = await start({ runner: 'actions' });
    expect(exitCode).toBe(1);
    expect(text).toContain(`kept ${WORKFLOW}\n`);
    expect(text).toMatch(/ - {3}contents: write\n +\+ {3}id-token: write\n/);
    expect(await read(WORKFLOW)).toContain('contents: write');
  });

  test('a policy that is not valid is said to be so', async () => {
    await writeFile(path.join(folder, 'sluice.yaml'), 'kind: Plolicy\n');
    expect(await start()).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('It is not valid: sluice validate says why'),
    });
  });
});

describe('bad input writes nothing', () => {
  test.each([
    ['a tag for a commit', { runner: 'actions', actionRef: 'v1' }, /40 hex digits/],
    ['a repository that is none', { runner: 'actions', actionRepository: 'https://x' }, /owner\/name/],
    ['no image', { runner: 'kubernetes' }, /needs --image/],
    [
      'a namespace that is none',
      { runner: 'kubernetes', namespace: 'No Name', image: IMAGE },
      /"No Name" is not allowed/,
    ],
    ['an owner that is none', { owners: ['not a login'] }, /no owner/],
  ] as const)('%s', async (_name, over, message) => {
    const options = over as Partial<Parameters<typeof init>[1]>;
    await expect(start(options)).rejects.toMatchObject({
      code: 'config/invalid-input',
      message: expect.stringMatching(message),
    });
    await expect(stat(path.join(folder, 'sluice.yaml'))).rejects.toThrow();
  });

  test('a folder below the root, or without a repository', async () => {
    await mkdir(path.join(folder, 'below'));
    await expect(init(path.join(folder, 'below'), { ...OPTIONS, runsOn: [], owners: [] })).rejects.toThrow(
      /not the root/,
    );
    await rm(path.join(folder, '.git'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'config/invalid-input' });
  });
});

describe('the pin', () => {
  test('is the commit of the tag of this version, annotated or not', async () => {
    git('commit', '-q', '--allow-empty', '-m', 'start');
    git('tag', 'v1.0.0');
    git('tag', '-a', 'v1.1.0', '-m', 'annotated');
    // The address of GitHub, answered by the folder.
    const config = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${folder}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/acme/sluice.git',
    };
    const saved = { ...process.env };
    Object.assign(process.env, config);
    try {
      const head = git('rev-parse', 'HEAD');
      expect(await pinAction({ repository: 'acme/sluice', version: '1.0.0' })).toBe(head);
      expect(await pinAction({ repository: 'acme/sluice', version: '1.1.0' })).toBe(head);
      await expect(pinAction({ repository: 'acme/sluice', version: '9.9.9' })).rejects.toThrow(
        /--action-ref.*no tag v9.9.9/,
      );
      await rm(path.join(folder, '.git'), { recursive: true });
      await expect(pinAction({ repository: 'acme/sluice', version: '1.0.0' })).rejects.toMatchObject({
        code: 'config/invalid-input',
      });
    } finally {
      process.env = saved;
    }
  });
});

test('only lines that differ, in order', () => {
  expect(lineDifference('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe('- b\n+ x\n+ d');
  expect(lineDifference('same\n', 'same\n')).toBe('');
});

test('as a command: --json, help and exit codes', async () => {
  const run = async (...args: string[]) => {
    const [program, ...rest] = selfCommand('init', ...args) as [string, ...string[]];
    const ended = await promisify(execFile)(program, rest).catch((error) => error);
    return { code: ended.code ?? 0, stdout: ended.stdout as string, stderr: ended.stderr as string };
  };
  const written = await run(
    folder,
    '--runner',
    'actions',
    '--runs-on',
    'self-hosted',
    'gpu',
    '--action-ref',
    COMMIT,
    '--json',
  );
  expect(written.code).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({
    runner: 'actions',
    files: [{ state: 'written' }, { state: 'written' }],
  });
  expect(parse(await read('sluice.yaml')).runners.actions.runsOn).toEqual(['self-hosted', 'gpu']);
  expect(await run(folder, '--runner', 'slurm')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('local, actions, kubernetes, ray'),
  });
  expect(await run(folder, '--runner', 'ray')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no runner of type ray'),
  });
});
