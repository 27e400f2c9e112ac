import { globTrouble } from './glob.ts';
import { parseLocation } from './location.ts';
import type { Report } from './report.ts';
import { toRunnerPart } from './runner-part.ts';
import type { RawPolicy } from './schema-types.ts';
import { show } from './show.ts';
import { MAX_NAME_LENGTH, NAME_PATTERN, type OwnerRule, type Policy, type RunnerSpec } from './valid.ts';

const DEFAULT_SPECS = ['models/**/model.yaml', 'data/*.yaml', 'deployments/*.yaml', 'monitors/*.yaml'];
const DEFAULT_MAX_HOURS = 24;
const OWNER = /^@?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99}))?)$/;

export function toPolicy(raw: RawPolicy, path: string, report: Report): Policy {
  const specs = raw.specs ?? DEFAULT_SPECS;
  for (const [index, glob] of specs.entries()) {
    const trouble = globTrouble(glob);
    if (trouble !== undefined) report.error(['specs', index], `${show(glob)} ${trouble}`);
  }
  const allow = raw.data?.allow ?? [];
  for (const [index, prefix] of allow.entries()) checkPrefix(prefix, index, report);
  for (const key of ['artifacts', 'registry'] as const) {
    const type = raw[key]?.type ?? 'folder';
    if (type === 'folder') continue;
    report.warning([key, 'type'], `${show(type)} has no effect in this version: the server's state folder is used`);
  }
  return {
    kind: 'Policy',
    path,
    specs,
    runners: toRunners(raw, report),
    artifacts: raw.artifacts?.type === 's3' ? { prefix: '', ...raw.artifacts } : { type: 'folder' },
    registry: raw.registry ?? { type: 'folder' },
    data: { allow },
    budget: raw.budget ?? {},
    owners: toOwners(raw, report),
    approvals: { required: raw.approvals?.required ?? 1, allowAuthor: raw.approvals?.allowAuthor ?? false },
  };
}

function toRunners(raw: RawPolicy, report: Report): RunnerSpec[] {
  const runners = Object.entries(raw.runners ?? { local: { type: 'local' as const } });
  return runners.map(([name, runner]) => {
    if (!NAME_PATTERN.test(name) || name.length > MAX_NAME_LENGTH) {
      report.error(['runners', name], `${show(name)} is no name: lower-case words joined by - or _`, 'key');
    }
    const { pricePerHour = 0, maxHours = DEFAULT_MAX_HOURS, maxConcurrent } = runner;
    return {
      name,
      pricePerHour,
      maxHours,
      ...(maxConcurrent && { maxConcurrent }),
      ...toRunnerPart(name, runner, report),
    };
  });
}

function toOwners(raw: RawPolicy, report: Report): OwnerRule[] {
  const { default: fallback = [], ...patterns } = raw.owners ?? {};
  const owners = (names: string[], key: string): string[] =>
    names.map((name, index) => {
      const match = OWNER.exec(name);
      if (!match) report.error(['owners', key, index], `${show(name)} is no owner: @login or @org/team`);
      return `@${match?.[1] ?? ''}`;
    });
  const rules = Object.entries(patterns).map(([pattern, names]) => {
    const trouble = globTrouble(pattern);
    if (trouble !== undefined) report.error(['owners', pattern], `${show(pattern)} ${trouble}`, 'key');
    return { pattern, owners: owners(names, pattern) };
  });
  return [{ pattern: '**', owners: owners(fallback, 'default') }, ...rules];
}

function checkPrefix(prefix: string, index: number, report: Report): void {
  // A bucket or the data root alone are prefixes too, though not locations.
  const location = parseLocation(/[:/]$/.test(prefix) ? `${prefix}x` : `${prefix}/x`);
  if ('trouble' in location) report.error(['data', 'allow', index], `${show(prefix)} ${location.trouble}`);
}
