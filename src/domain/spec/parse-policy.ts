import { checkSchema } from './check-schema.ts';
import { toPolicy } from './policy.ts';
import { readYaml } from './read-yaml.ts';
import { createReport } from './report.ts';
import type { RawPolicy } from './schema-types.ts';
import type { Policy, SpecProblem } from './valid.ts';

/** Where the policy of a repository lies. */
export const POLICY_PATH = 'sluice.yaml';

/** The policy, unless a problem is an error. */
export function parsePolicy(file: { path: string; text: string }): { policy?: Policy; problems: SpecProblem[] } {
  const { source, problems } = readYaml(file);
  if (!source) return { problems };
  const report = createReport(source);
  checkSchema('Policy', source.value, report);
  if (report.failed()) return { problems: report.problems };
  const policy = toPolicy(source.value as unknown as RawPolicy, file.path, report);
  return report.failed() ? { problems: report.problems } : { policy, problems: report.problems };
}
