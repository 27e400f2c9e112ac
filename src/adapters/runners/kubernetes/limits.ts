import type { PlacedJob } from '../../../ports/runner.ts';

const MIB = 2 ** 20;
/** The agent itself: Node.js, the reader of the data, what is on its way to the server. */
export const AGENT_BYTES = 512 * MIB;
/** Scoring reads the holdout and two models. */
const EVALUATE_BYTES = 2_048 * MIB;
/** Checkout, data and uploads, as the server allows them beside the command's own time; then the image's start. */
const OVERHEAD_SECONDS = 900 + 300;
const DEFAULT_TIMEOUT_SECONDS = 1_800;

/** What the pod of an attempt may use. `memory`: none where the model asks for no limit. */
export function limitsOf({ task, place }: PlacedJob): { memory?: string; deadlineSeconds: number } {
  const resources = task.kind === 'data' ? undefined : task.model.train.resources;
  const timeout = task.kind === 'train' ? task.model.train.resources.timeoutSeconds : DEFAULT_TIMEOUT_SECONDS;
  const asked = resources?.memoryBytes ?? 0;
  const bytes = task.kind === 'train' ? asked : Math.max(asked, EVALUATE_BYTES);
  return {
    ...(bytes > 0 && { memory: `${Math.ceil((bytes + AGENT_BYTES) / MIB)}Mi` }),
    deadlineSeconds: Math.ceil(Math.min(timeout + OVERHEAD_SECONDS, place.maxHours * 3_600)),
  };
}
