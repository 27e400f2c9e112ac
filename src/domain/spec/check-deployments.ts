import type { Report } from './report.ts';
import { show } from './show.ts';
import type { Deployment } from './valid.ts';
import type { Monitor } from './valid-monitor.ts';

/** What only all deployments and monitors together can tell. */
export function checkDeployments(
  declared: { deployments: readonly Deployment[]; monitors: readonly Monitor[] },
  reportOf: (path: string) => Report,
): void {
  const { deployments, monitors } = declared;
  const places = new Map<string, Deployment>();
  for (const deployment of deployments) {
    const report = reportOf(deployment.path);
    const cycle = cycleOf(deployment, deployments);
    if (cycle) report.error(['after'], `the deployments wait for each other: ${cycle.join(' → ')}`);
    const place = `${deployment.model} ${deployment.environment}`;
    const other = places.get(place);
    if (other) {
      const where = `model ${show(deployment.model)} in ${show(deployment.environment)}`;
      report.error(['environment'], `${other.path} deploys ${where} already`);
    } else places.set(place, deployment);
    const judge = monitors.find(({ name }) => name === deployment.strategy.judge);
    if (judge && judge.deployment !== deployment.name) {
      const message = `monitor ${show(judge.name)} watches ${show(judge.deployment)}, not this deployment`;
      report.error(['strategy', 'judge'], message);
    }
  }
}

function cycleOf(start: Deployment, deployments: readonly Deployment[]): string[] | undefined {
  const names = [start.name];
  let current: Deployment | undefined = start;
  while (current?.after !== undefined) {
    const next: string = current.after;
    if (next === start.name) return [...names, next];
    if (names.includes(next)) return undefined;
    names.push(next);
    current = deployments.find(({ name }) => name === next);
  }
  return undefined;
}
