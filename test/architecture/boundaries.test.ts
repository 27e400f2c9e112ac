import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const project = fileURLToPath(new URL('../../', import.meta.url));
const config = path.join(project, '.dependency-cruiser.cjs');
const require = createRequire(import.meta.url);
const { forbidden } = require(config) as { forbidden: { name: string; comment: string }[] };

type Report = { summary: { violations: { rule: { name: string }; from: string }[]; totalCruised: number } };

async function cruise(folder: string): Promise<Report> {
  const program = path.join(project, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const run = promisify(execFile)(process.execPath, [program, 'src', '--config', config, '--output-type', 'json'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  });
  // Violations end the program with a failure; the report is printed all the same.
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as Report;
}

test('every rule says why it is there', () => {
  for (const rule of forbidden) expect(rule.comment, rule.name).toMatch(/\w.{20,}/);
});

test('every rule catches a planted violation', async () => {
  const { summary } = await cruise(path.join(project, 'test/architecture/planted'));
  expect(summary.totalCruised).toBeGreaterThan(8);
  const broken = new Set(summary.violations.map((violation) => violation.rule.name));
  expect([...broken].sort()).toEqual(forbidden.map((rule) => rule.name).sort());
});

test('the project itself breaks none', async () => {
  const { summary } = await cruise(project);
  expect(summary.totalCruised).toBeGreaterThan(150);
  expect(summary.violations.map((violation) => `${violation.rule.name}: ${violation.from}`)).toEqual([]);
});
