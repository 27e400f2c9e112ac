import type { VersionRecord } from '../records.ts';
import type { MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

/** Inputs of any version that is shown: what one marked as personal data is so in the windows that it answered. */
export function privateInputs({ versions, current }: MonitorScene, { windows }: MonitorRecord): Set<string> {
  const answered = new Set(windows.map(({ version }) => version));
  const shown = versions.filter(({ version }) => answered.has(version));
  return new Set([current, ...shown].flatMap((version) => [...privateOf(version)]));
}

/** Those that come from columns marked as personal data, by either name. */
function privateOf({ model, dataset }: VersionRecord): Set<string> {
  const marked = new Set(dataset.columns.filter((column) => column.pii).map((column) => column.name));
  const inputs = model.signature.inputs.filter((input) => marked.has(input.column));
  return new Set(inputs.flatMap((input) => [input.name, input.column]));
}
