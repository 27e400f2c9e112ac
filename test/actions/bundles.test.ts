import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ACTIONS, bundleActions } from '../../actions/bundle-actions.ts';
import { ROOT } from './action-process.ts';

const DIST = path.join(ROOT, 'actions/dist');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await bundleActions(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what is checked in', () => {
  test('is what the sources give; otherwise: npm run actions', async () => {
    expect(await readdir(DIST)).toEqual(ACTIONS.map((name) => `${name}.mjs`).sort());
    for (const name of ACTIONS) {
      const [built, kept] = await Promise.all(
        [folder, DIST].map((one) => readFile(path.join(one, `${name}.mjs`), 'utf8')),
      );
      expect(kept === built, `actions/dist/${name}.mjs is stale: npm run actions`).toBe(true);
    }
  });

  test('is small, without an HTTP client that nothing calls', async () => {
    for (const name of ACTIONS) {
      expect((await stat(path.join(DIST, `${name}.mjs`))).size, name).toBeLessThan(40_000);
      expect(await readFile(path.join(DIST, `${name}.mjs`), 'utf8')).not.toContain('undici');
    }
  });
});

describe.each(ACTIONS)('%s', (name) => {
  const file = (one: string) => readFile(path.join(ROOT, 'actions', name, one), 'utf8');

  test('runs its bundle on Node.js 24; every input and output is described', async () => {
    const action = parse(await file('action.yml'));
    expect(action.runs).toEqual({ using: 'node24', main: `../dist/${name}.mjs` });
    for (const one of [action, ...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(one.description).toMatch(/\S/);
    }
  });

  test('the inputs that it reads and the outputs that it sets are the ones that it declares', async () => {
    const action = parse(await file('action.yml'));
    const main = await file('main.ts');
    const run = await file('run.ts');
    const read = [...main.matchAll(/(?:required|optional|boolean|list)Input\('([\w-]+)'/g)].map((match) => match[1]!);
    expect(new Set(read)).toEqual(new Set(Object.keys(action.inputs)));
    const required = Object.entries(action.inputs).filter(([, input]) => (input as { required: boolean }).required);
    const demanded = [...main.matchAll(/requiredInput\('([\w-]+)'/g)].map((match) => match[1]!);
    expect(new Set(demanded)).toEqual(new Set(required.map(([input]) => input)));
    const set = [...run.matchAll(/io\.output\('([\w-]+)'/g)].map((match) => match[1]!);
    expect(new Set(set)).toEqual(new Set(Object.keys(action.outputs)));
  });

  test('its README names every input and output and shows a pinned workflow with its permissions', async () => {
    const [readme, action] = [await file('README.md'), parse(await file('action.yml'))];
    for (const key of [...Object.keys(action.inputs), ...Object.keys(action.outputs)])
      expect(readme).toContain(`| \`${key}\``);
    const workflow = parse(/```yaml\n([\s\S]*?)```/.exec(readme)![1]!);
    expect(workflow).toHaveProperty('permissions');
    const steps = Object.values(workflow.jobs as Record<string, { steps: { uses?: string; with?: object }[] }>).flatMap(
      (job) => job.steps,
    );
    const step = steps.find(({ uses }) => uses?.includes(`/actions/${name}@`))!;
    for (const one of steps) if (one.uses) expect(one.uses).toMatch(/@(<commit>|[0-9a-f]{40})$/);
    for (const key of Object.keys(step.with ?? {})) expect(Object.keys(action.inputs)).toContain(key);
  });
});
