import { checkColumn } from './dataset.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show } from './show.ts';
import type { ColumnType, Dataset, DiscoverySpec, SliceSpec } from './valid.ts';

type RawSlice = NonNullable<NonNullable<RawModel['evaluate']>['slices']>[number];

/** What a gate calls the slices that the search found. */
export const DISCOVERED = 'discovered';

const CATEGORIES: readonly ColumnType[] = ['category', 'integer', 'boolean'];
const NUMBERS: readonly ColumnType[] = ['integer', 'float'];
const SEARCHED: readonly ColumnType[] = ['category', 'boolean', 'integer', 'float'];

export function toSlices(raw: RawModel, dataset: Dataset | undefined, report: Report): SliceSpec[] {
  const seen = new Set<string>();
  return (raw.evaluate?.slices ?? []).flatMap((slice, index): SliceSpec[] => {
    const pointer: Pointer = ['evaluate', 'slices', index];
    const spec = toSlice(slice, pointer, report);
    if (spec === undefined) return [];
    const name = sliceName(spec);
    if (seen.has(name)) report.error(pointer, `slice ${show(name)} is declared twice`);
    if (name === DISCOVERED)
      report.error(pointer, `${show(name)} means the slices that the search found: take another`);
    seen.add(name);
    if (spec.kind !== 'where' && dataset) checkSliceColumn(spec, pointer, dataset, report);
    return [spec];
  });
}

/** The column, or the name of a condition. */
export function sliceName(slice: SliceSpec): string {
  return slice.kind === 'where' ? slice.name : slice.column;
}

function toSlice(slice: RawSlice, pointer: Pointer, report: Report): SliceSpec | undefined {
  if (typeof slice === 'string') return { kind: 'column', column: slice };
  const { name, where, column, bins, quantiles } = slice;
  const keys = Object.keys(slice).sort().join();
  if (keys === 'name,where') return { kind: 'where', name: name!, where: where! };
  if (keys === 'column,quantiles') return { kind: 'quantiles', column: column!, count: quantiles! };
  if (keys === 'bins,column') {
    const wrong = bins!.findIndex((edge, index) => index > 0 && edge <= bins![index - 1]!);
    if (wrong > 0) report.error([...pointer, 'bins', wrong], `the edges must rise: ${bins![wrong]} does not`);
    return { kind: 'bins', column: column!, edges: bins! };
  }
  report.error(pointer, 'a slice is a column, {name, where}, {column, bins} or {column, quantiles}');
  return undefined;
}

function checkSliceColumn(
  spec: Exclude<SliceSpec, { kind: 'where' }>,
  pointer: Pointer,
  dataset: Dataset,
  report: Report,
): void {
  const at = spec.kind === 'column' ? pointer : [...pointer, 'column'];
  checkColumn(spec.column, at, dataset.columns, report);
  const column = dataset.columns.find(({ name }) => name === spec.column);
  if (!column) return;
  if (column.pii) report.error(at, `${show(column.name)} is personal data: its values must not be shown as slices`);
  if (spec.kind === 'column' && !CATEGORIES.includes(column.type)) {
    const instead = column.type === 'float' ? '{column, bins}, {column, quantiles} or {name, where}' : '{name, where}';
    report.error(at, `${show(column.name)} is ${column.type}: give a slice as ${instead} instead`);
  }
  if (spec.kind !== 'column' && !NUMBERS.includes(column.type)) {
    report.error(at, `${show(column.name)} is ${column.type}: ${spec.kind} are of integer and float columns`);
  }
}

export function toDiscovery(raw: RawModel, dataset: Dataset | undefined, report: Report): DiscoverySpec | undefined {
  const discover = raw.evaluate?.discover;
  if (discover === undefined || discover === false) return undefined;
  const at: Pointer = ['evaluate', 'discover'];
  const { columns: named, minRows = 500 } = discover === true ? {} : discover;
  for (const [index, name] of (named ?? []).entries()) {
    if (dataset) checkSearched(name, [...at, 'columns', index], dataset, report);
  }
  const columns = [...new Set(named ?? inputColumns(raw, dataset))];
  if (dataset && columns.length === 0) {
    report.error(at, 'no input of the model is a category, a boolean or a number that may be shown: name columns');
  }
  return { columns, minRows };
}

function inputColumns(raw: RawModel, dataset: Dataset | undefined): string[] {
  const inputs = raw.signature.inputs.map((input) => input.column ?? input.name);
  return inputs.filter((name) => {
    const column = dataset?.columns.find((one) => one.name === name);
    return column !== undefined && !column.pii && SEARCHED.includes(column.type);
  });
}

function checkSearched(name: string, pointer: Pointer, dataset: Dataset, report: Report): void {
  checkColumn(name, pointer, dataset.columns, report);
  const column = dataset.columns.find((one) => one.name === name);
  if (!column) return;
  if (column.pii) report.error(pointer, `${show(name)} is personal data: its values must not be shown as slices`);
  if (column.role === 'label') report.error(pointer, `${show(name)} is the label: what is hard is no slice`);
  if (!SEARCHED.includes(column.type)) {
    report.error(pointer, `${show(name)} is ${column.type}: slices are searched for in ${SEARCHED.join(', ')} columns`);
  }
}
