import type { Slice } from '../../domain/evaluate/slices/columns.ts';
import type { SliceSpec } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';

/** Rows of each declared condition, counted among those that were scored. */
export async function conditionRows(
  reader: DatasetReader,
  file: string,
  specs: readonly SliceSpec[],
  places: Int32Array,
): Promise<Slice[]> {
  const found: Slice[] = [];
  for (const spec of specs) {
    if (spec.kind !== 'where') continue;
    const held = await reader.matches(file, spec.where);
    const rows: number[] = [];
    for (let row = 0; row < places.length; row += 1) if (held[places[row] as number] === 1) rows.push(row);
    found.push({ name: spec.name, rows: Int32Array.from(rows) });
  }
  return found;
}
