import { parseInstant } from './instant.ts';
import { formatOf, isAllowedLocation, parseLocation } from './location.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { DatasetCheck as RawCheck, DatasetColumn as RawColumn, RawDataset } from './schema-types.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';
import {
  type Column,
  type Dataset,
  type DatasetCheck,
  type DataWindow,
  MAX_NAME_LENGTH,
  NAME_PATTERN,
  type Policy,
} from './valid.ts';

/** Names that split expressions may use besides the columns. */
const WINDOW_NAMES = ['window_from', 'window_to'];

export function toDataset(raw: RawDataset, path: string, policy: Policy, report: Report): Dataset {
  const columns = toColumns(raw.columns, report);
  checkSplits(raw, report);
  checkTensors(raw, report);
  warnOfSource(raw.source, report);
  return {
    kind: 'Dataset',
    name: raw.name,
    path,
    source: {
      uri: raw.source.uri,
      format: checkedFormat(raw.source, ['source'], policy, report),
      ...(raw.source.sha256 === undefined ? {} : { sha256: raw.source.sha256 }),
    },
    ...(raw.window === undefined ? {} : { window: toWindow(raw.window, columns, report) }),
    columns,
    splits: raw.splits as Dataset['splits'],
    checks: (raw.checks ?? []).map((check, index) => toCheck(check, ['checks', index], columns, report)),
  };
}

/** CSV has no lists. */
function checkTensors({ columns, source }: RawDataset, report: Report): void {
  if ((source.format ?? formatOf(source.uri)) !== 'csv') return;
  const index = columns.findIndex(({ type }) => type === 'tensor');
  if (index >= 0) report.error(['columns', index, 'type'], 'a tensor is a list of numbers, which csv cannot hold');
}

function warnOfSource({ uri, sha256 }: RawDataset['source'], report: Report): void {
  const location = parseLocation(uri);
  if ('trouble' in location || location.kind === 'repository') return;
  if (location.kind === 's3') {
    report.warning(['source', 'uri'], 'this version reads no s3: locations: jobs that need the dataset will fail');
  }
  if (sha256 === undefined) {
    report.warning(['source', 'uri'], 'without "sha256", new content under the same name counts as the same data');
  }
}

/** The format of an allowed location; reports what is wrong with it. */
function checkedFormat(
  source: { uri: string; format?: 'parquet' | 'csv' | 'jsonl' },
  pointer: Pointer,
  policy: Policy,
  report: Report,
): 'parquet' | 'csv' | 'jsonl' {
  checkLocation(source.uri, [...pointer, 'uri'], policy, report);
  const format = source.format ?? formatOf(source.uri);
  if (format === undefined) report.error(pointer, '"format" is missing: the name does not tell parquet, csv or jsonl');
  return format ?? 'parquet';
}

export function checkLocation(uri: string, pointer: Pointer, policy: Policy, report: Report): void {
  const location = parseLocation(uri);
  if ('trouble' in location) report.error(pointer, `${show(uri)} ${location.trouble}`);
  else if (!isAllowedLocation(uri, policy.data.allow)) {
    const allowed = showList(policy.data.allow);
    report.error(pointer, `${show(uri)} is not allowed by data.allow of ${policy.path}; allowed: ${allowed}`);
  }
}

/** Reports a name that is no column. */
export function checkColumn(name: string, pointer: Pointer, columns: readonly Column[], report: Report): void {
  if (columns.some((column) => column.name === name)) return;
  const names = columns.map((column) => column.name);
  const hint = didYouMean(name, names) || `; columns: ${showList(names)}`;
  report.error(pointer, `the dataset has no column ${show(name)}${hint}`);
}

function toColumns(raw: RawColumn[], report: Report): Column[] {
  const seen = new Set<string>();
  for (const [index, column] of raw.entries()) {
    // SQL compares names without regard to case.
    const name = column.name.toLowerCase();
    if (seen.has(name)) report.error(['columns', index, 'name'], `column ${show(column.name)} is declared twice`);
    if (WINDOW_NAMES.includes(name))
      report.error(['columns', index, 'name'], `${show(column.name)} is a reserved name`);
    seen.add(name);
    checkRange(column, ['columns', index], report);
    checkShape(column, ['columns', index], report);
    checkRole(column, ['columns', index, 'role'], report);
    if (column.role === 'label' && raw.findIndex((other) => other.role === 'label') !== index) {
      report.error(['columns', index, 'role'], 'there is a label column already; a dataset has exactly one');
    }
  }
  if (!raw.some((column) => column.role === 'label')) {
    report.error(['columns'], 'no column is the label: give one of them "role: label"', 'key');
  }
  for (const role of ['group', 'weight'] as const) {
    const [, second] = raw.flatMap((column, index) => (column.role === role ? [index] : []));
    if (second !== undefined) report.error(['columns', second, 'role'], `there is a ${role} column already`);
  }
  return raw.map((column) => ({ nullable: true, pii: false, ...column }));
}

/** Numbers of one row: above, a row would no longer fit into a batch that anything can answer. */
const MOST_NUMBERS = 2 ** 24;

function checkShape({ type, shape }: RawColumn, pointer: Pointer, report: Report): void {
  if (shape === undefined) {
    if (type === 'tensor') report.error(pointer, '"shape" is missing: the sizes of one row, for example [28, 28, 1]');
    return;
  }
  if (type !== 'tensor') report.error([...pointer, 'shape'], `"shape" is for tensor columns, not for ${type}`, 'key');
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (numbers > MOST_NUMBERS) {
    report.error([...pointer, 'shape'], `a row would have ${numbers} numbers, at most ${MOST_NUMBERS} are read`);
  }
}

const NUMERIC = ['integer', 'float'];

function checkRole({ type, role }: RawColumn, pointer: Pointer, report: Report): void {
  if (role !== undefined && type === 'tensor') report.error(pointer, `a tensor cannot be the ${role}`);
  else if (role === 'weight' && !NUMERIC.includes(type)) report.error(pointer, `a weight is a number, not ${type}`);
}

function checkRange(column: RawColumn, pointer: Pointer, report: Report): void {
  const numeric = column.type === 'integer' || column.type === 'float';
  for (const key of ['min', 'max'] as const) {
    if (column[key] !== undefined && !numeric) {
      report.error([...pointer, key], `"${key}" is for integer and float columns, not for ${column.type}`, 'key');
    }
  }
  if (column.min !== undefined && column.max !== undefined && column.min > column.max) {
    report.error([...pointer, 'min'], `min ${column.min} is above max ${column.max}`);
  }
  if (column.maxCategories !== undefined && column.type !== 'category') {
    report.error(
      [...pointer, 'maxCategories'],
      `"maxCategories" is for category columns, not for ${column.type}`,
      'key',
    );
  }
}

function toWindow(window: DataWindow, columns: Column[], report: Report): DataWindow {
  checkColumn(window.column, ['window', 'column'], columns, report);
  const column = columns.find(({ name }) => name === window.column);
  if (column && column.type !== 'timestamp') {
    report.error(['window', 'column'], `${show(window.column)} is ${column.type}; a window needs a timestamp`);
  }
  const [from, to] = (['from', 'to'] as const).map((key) => {
    const instant = parseInstant(window[key]);
    if (instant === undefined) report.error(['window', key], `${show(window[key])} is no ISO date or timestamp`);
    return instant;
  });
  if (from !== undefined && to !== undefined && from >= to) {
    report.error(['window', 'to'], `the window is empty: to ${window.to} is not after from ${window.from}`);
  }
  return window;
}

function checkSplits(raw: RawDataset, report: Report): void {
  for (const [name, expression] of Object.entries(raw.splits)) {
    if (!NAME_PATTERN.test(name) || name.length > MAX_NAME_LENGTH) {
      report.error(['splits', name], `${show(name)} is no name: lower-case words joined by - or _`, 'key');
    }
    if (raw.window === undefined && /\bwindow_(?:from|to)\b/i.test(String(expression))) {
      report.error(['splits', name], 'window_from and window_to need a "window" in the dataset');
    }
  }
  if (raw.splits.train.trim() === raw.splits.holdout.trim()) {
    report.error(['splits', 'holdout'], 'train and holdout are the same rows: nothing could be judged');
  }
}

function toCheck(check: RawCheck, pointer: Pointer, columns: Column[], report: Report): DatasetCheck {
  if (check.rows) {
    const { min = 0, max = Number.POSITIVE_INFINITY } = check.rows;
    if (min > max) report.error([...pointer, 'rows'], `min ${min} is above max ${max}`);
    return { kind: 'rows', ...check.rows };
  }
  if (check.unique) {
    for (const [index, name] of check.unique.entries())
      checkColumn(name, [...pointer, 'unique', index], columns, report);
    return { kind: 'unique', columns: check.unique };
  }
  return { kind: 'drift', max: check.drift?.max ?? 1 };
}
