import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { program, ROOT, runAction, sluiceProgram } from '../actions/action-process.ts';

// Each starts several processes, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let source: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  source = path.join(folder, 'checkout');
  // As GitHub downloads an action: the whole repository without node_modules.
  for (const part of ['package.json', 'package-lock.json', '.npmrc', 'app.yml', 'src', 'actions']) {
    await cp(path.join(ROOT, part), path.join(source, part), { recursive: true });
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes down what it was asked, and gives the packages that are here instead of downloading them. */
const npm = () =>
  program(
    path.join(folder, 'npm'),
    'npm',
    `pwd >>'${folder}/asked'; echo "$@" >>'${folder}/asked'; env >>'${folder}/asked'; ln -s '${ROOT}/node_modules' node_modules`,
  );
const asked = () => readFile(path.join(folder, 'asked'), 'utf8').catch(() => '');

test('installs the locked packages without scripts, once; the launcher is on the PATH of later steps', async () => {
  const programs = [await npm()];
  const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'identity', ACTIONS_RUNTIME_TOKEN: 'runtime' };
  const first = await runAction({ name: 'setup', folder, source, programs, env });
  expect(first).toMatchObject({ code: 0, outputs: { version: '0.1.0', cache: 'miss' }, annotations: [] });
  expect(await asked()).toContain('\nci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error\n');
  expect(await asked()).not.toMatch(/identity|=runtime/);
  expect(first.paths).toEqual([path.dirname(first.outputs.path!)]);
  const { stdout } = await promisify(execFile)(first.outputs.path!, [
    'validate',
    path.join(ROOT, 'fixtures/tiny'),
    '--json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ valid: true });

  await rm(path.join(folder, 'asked'));
  const second = await runAction({ name: 'setup', folder, source, programs });
  expect(second).toMatchObject({ code: 0, outputs: { cache: 'hit', path: first.outputs.path } });
  expect(await asked()).toBe('');

  const abandoned = path.join(folder, 'tools/sluice/.abandoned');
  await mkdir(abandoned);
  await utimes(abandoned, new Date(0), new Date(0));
  await writeFile(
    path.join(source, 'src/domain/errors.ts'),
    `${await readFile(path.join(source, 'src/domain/errors.ts'), 'utf8')}\n`,
  );
  const changed = await runAction({ name: 'setup', folder, source, programs });
  expect(changed.outputs.cache).toBe('miss');
  expect((await readdir(path.join(folder, 'tools/sluice'))).every((name) => /^0\.1\.0-[0-9a-f]{16}$/.test(name))).toBe(
    true,
  );
});

test('takes the sluice that an image has; nothing is downloaded', async () => {
  const programs = [await sluiceProgram(folder), await npm()];
  const run = await runAction({ name: 'setup', folder, source, programs });
  expect(run).toMatchObject({
    code: 0,
    paths: [],
    outputs: { version: '0.1.0', path: `${folder}/bin/sluice`, cache: 'none' },
  });
  expect(await asked()).toBe('');
  const forced = await runAction({ name: 'setup', folder, source, programs, inputs: { install: 'true' } });
  expect(forced).toMatchObject({ code: 0, outputs: { cache: 'miss' } });
});

test('install: false where there is none, or a word that is none: fails and says why', async () => {
  const programs = [await npm()];
  const none = await runAction({ name: 'setup', folder, source, programs, inputs: { install: 'false' } });
  expect(none).toMatchObject({
    code: 1,
    outputs: {},
    annotations: [expect.stringMatching(/^error::There is no sluice/)],
  });
  const odd = await runAction({ name: 'setup', folder, source, programs, inputs: { install: 'maybe' } });
  expect(odd).toMatchObject({ code: 1, annotations: [expect.stringMatching(/must be auto, true or false/)] });
  expect(await asked()).toBe('');
});

test('an npm that fails leaves nothing behind and its words in the annotation', async () => {
  const programs = [
    await program(path.join(folder, 'npm'), 'npm', 'echo "npm error the registry is away" >&2; exit 7'),
  ];
  const run = await runAction({ name: 'setup', folder, source, programs });
  expect(run).toMatchObject({ code: 1, outputs: {}, paths: [] });
  expect(run.annotations).toEqual([expect.stringMatching(/npm ci ended with 7\nnpm error the registry is away/)]);
  expect(await readdir(path.join(folder, 'tools/sluice'))).toEqual([]);
});

test('a sluice that does not run is not taken', async () => {
  const programs = [await program(path.join(folder, 'broken'), 'sluice', 'echo oops; exit 3')];
  const run = await runAction({ name: 'setup', folder, source, programs });
  expect(run).toMatchObject({
    code: 1,
    annotations: [expect.stringContaining('--version ended with 3 and said "oops"')],
  });
});

test('the launcher quotes what it starts', async () => {
  const odd = path.join(folder, "it's a checkout");
  await mkdir(odd);
  await symlink(path.join(folder, 'checkout'), path.join(odd, 'real'));
  const env = { RUNNER_TEMP: odd, RUNNER_TOOL_CACHE: odd };
  const run = await runAction({ name: 'setup', folder, source: path.join(odd, 'real'), programs: [await npm()], env });
  expect(run).toMatchObject({ code: 0, outputs: { path: path.join(odd, 'sluice-bin/sluice') } });
});
