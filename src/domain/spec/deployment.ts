import type { Json } from '../json.ts';
import { pathTrouble } from './glob.ts';
import type { Report } from './report.ts';
import type { RawDeployment } from './schema-types.ts';
import { show } from './show.ts';
import { parseDuration } from './units.ts';
import type { Deployment } from './valid.ts';

export function toDeployment(raw: RawDeployment, path: string, report: Report): Deployment {
  const { type, ...options } = raw.target;
  if (type !== 'local') {
    report.warning(['target', 'type'], `this version deploys to no target of type ${type}: nothing will be rolled out`);
  }
  if (raw.target.type === 'gitops') {
    const trouble = pathTrouble(raw.target.path);
    if (trouble !== undefined) report.error(['target', 'path'], `${show(raw.target.path)} ${trouble}`);
  }
  return {
    kind: 'Deployment',
    name: raw.name,
    path,
    model: raw.model,
    environment: raw.environment,
    ...(raw.after === undefined ? {} : { after: raw.after }),
    target: { type, options: options as Record<string, Json> },
    strategy: toStrategy(raw, report),
  };
}

function toStrategy(raw: RawDeployment, report: Report): Deployment['strategy'] {
  const { canary = [100], interval = '0s', judge } = raw.strategy ?? {};
  const rising = canary.every((share, index) => index === 0 || share > canary[index - 1]!);
  if (!rising || canary.at(-1) !== 100) {
    report.error(['strategy', 'canary'], 'the shares must rise and end with 100');
  }
  const intervalMs = parseDuration(interval);
  if (intervalMs === undefined) {
    report.error(['strategy', 'interval'], `${show(interval)} is no duration such as 30s or 30m`);
  }
  return { canary, intervalSeconds: (intervalMs ?? 0) / 1_000, ...(judge === undefined ? {} : { judge }) };
}
