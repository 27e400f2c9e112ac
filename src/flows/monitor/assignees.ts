import { requiredOwners } from '../../domain/approvals/required-owners.ts';
import type { MonitorScene } from './scene.ts';

/** Owners of the monitor's file, as far as they are people: teams cannot be assigned. */
export function assignees({ monitor, declared }: MonitorScene): string[] {
  if (monitor.issue.assign !== 'owners') return [];
  const owners = requiredOwners(declared.policy, [monitor.path]).flatMap((group) => group.owners);
  return owners.map((owner) => owner.replace(/^@/, '')).filter((owner) => !owner.includes('/'));
}
