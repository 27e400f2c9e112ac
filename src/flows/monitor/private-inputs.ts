import type { VersionRecord } from '../records.ts';

/** Inputs that come from columns marked as personal data, by either name. */
export function privateInputs({ model, dataset }: VersionRecord): Set<string> {
  const marked = new Set(dataset.columns.filter((column) => column.pii).map((column) => column.name));
  const inputs = model.signature.inputs.filter((input) => marked.has(input.column));
  return new Set(inputs.flatMap((input) => [input.name, input.column]));
}
