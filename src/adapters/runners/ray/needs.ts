import type { RunnerSpec } from '../../../domain/spec/valid.ts';
import type { PlacedJob } from '../../../ports/runner.ts';
import type { RayNode } from './ray-client.ts';

export type RayPlace = Extract<RunnerSpec, { type: 'ray' }>;

/** What the cluster reserves on one node for the agent and its command together; 0 bytes: any. */
export type Needs = { cpus: number; gpus: number; memoryBytes: number };

export function needsOf(job: PlacedJob, place: RayPlace): Needs {
  const training = job.task.kind === 'train' ? job.task.model.train.resources : undefined;
  return { cpus: place.cpus, gpus: training?.gpu ?? 0, memoryBytes: training?.memoryBytes ?? 0 };
}

/** `nodes`: empty when they are not known. */
export function describeWait(needs: Needs, nodes: RayNode[]): string {
  if (nodes.length === 0 || nodes.some((node) => fits(needs, node))) {
    return `the Ray cluster has not started it: one node must have ${describeNeeds(needs)} free`;
  }
  const largest = nodes.toSorted((a, b) => b.gpus - a.gpus || b.cpus - a.cpus || b.memoryBytes - a.memoryBytes)[0]!;
  const has = nodes.length === 1 ? 'its node has' : `the largest of its ${nodes.length} nodes has`;
  return `no node of the Ray cluster has ${describeNeeds(needs)}; ${has} ${describeNeeds(largest)}`;
}

export function describeNeeds({ cpus, gpus, memoryBytes }: Needs): string {
  const parts = [
    count(cpus, 'CPU'),
    ...(gpus > 0 ? [count(gpus, 'GPU')] : []),
    ...(memoryBytes > 0 ? [`${Math.round((memoryBytes / 2 ** 30) * 10) / 10} GiB of memory`] : []),
  ];
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function fits(needs: Needs, node: RayNode): boolean {
  return node.cpus >= needs.cpus && node.gpus >= needs.gpus && node.memoryBytes >= needs.memoryBytes;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
