import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { ModelGate as RawGate, RawModel } from './schema-types.ts';
import type { Dataset } from './valid.ts';

/** A gate as written, where it stands, and whose it is; `dataset` is absent when the one named is unknown or broken. */
export type GateContext = { gate: RawGate; at: Pointer; model: RawModel; dataset: Dataset | undefined; report: Report };

export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_MIN_ROWS = 500;
