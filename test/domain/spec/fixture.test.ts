import path from 'node:path';
import { expect, test } from 'vitest';
import { buildPlan } from '../../../src/domain/plan/build-plan.ts';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import { specPaths } from '../../../src/domain/spec/spec-paths.ts';
import { validateRepository } from '../../../src/domain/spec/validate-repository.ts';
import { readFolder } from './flights.ts';

test("the demo's repository is valid; it warns of nothing but the digest, which the demo puts in", () => {
  const all = readFolder(path.join(import.meta.dirname, '../../../fixtures/flights'));
  const { policy, problems } = parsePolicy({ path: 'sluice.yaml', text: all.get('sluice.yaml')! });
  expect(problems).toEqual([]);
  const files = new Map(specPaths(policy!, [...all.keys()]).map((file) => [file, all.get(file)!]));
  const validated = validateRepository({ policy: policy!, files });
  expect(validated.problems).toMatchObject([
    { level: 'warning', message: expect.stringContaining('without "sha256"') },
  ]);
  const tree = [...all.keys()].map((file) => ({ path: file, sha: '0'.repeat(40), mode: '100644' }));
  expect(buildPlan({ head: { repository: validated.repository!, tree } }).warnings).toEqual([]);
});
