import type { RunnerSpec } from '../../domain/spec/valid.ts';

/** Checks of data run where the server runs, whatever a policy calls `local`. */
export const THIS_MACHINE: RunnerSpec = { name: 'local', type: 'local', pricePerHour: 0, maxHours: 24 };
