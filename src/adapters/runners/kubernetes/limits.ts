import type { PlacedJob } from '../../../ports/runner.ts';

const MIB = 2 ** 20;
/** The agent itself: Node.js, the reader of the data, what is on its way to the server. */
const AGENT_BYTES = 512 * MIB;
/** The evaluator's own limit. A node has to have less of it free, since few evaluations come near. */
const EVALUATE_BYTES = 6 * 1_024 * MIB;
const EVALUATE_ASKED_BYTES = 2 * 1_024 * MIB;
/** Counting needs little, however large the files are. */
const PROFILE_BYTES = 1_024 * MIB;
/** Checkout, data and uploads, as the server allows them beside the command's own time; then the image's start. */
const OVERHEAD_SECONDS = 900 + 300;
const DEFAULT_TIMEOUT_SECONDS = 1_800;

type Limits = { memory?: string; requestedMemory?: string; deadlineSeconds: number };

/** What the pod of an attempt may use. `memory`: none where the model asks for no limit. */
export function limitsOf({ task, place }: PlacedJob): Limits {
  const resources = task.kind === 'train' ? task.model.train.resources : undefined;
  const ofKind = task.kind === 'profile' ? PROFILE_BYTES : EVALUATE_BYTES;
  const limit = resources?.memoryBytes ?? ofKind;
  const timeout = resources?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  return {
    ...(limit > 0 && { memory: inMib(limit + AGENT_BYTES) }),
    ...(limit > 0 && {
      requestedMemory: inMib(resources ? limit + AGENT_BYTES : Math.min(limit + AGENT_BYTES, EVALUATE_ASKED_BYTES)),
    }),
    deadlineSeconds: Math.ceil(Math.min(timeout + OVERHEAD_SECONDS, place.maxHours * 3_600)),
  };
}

const inMib = (bytes: number): string => `${Math.ceil(bytes / MIB)}Mi`;
