import { checkColumn } from './dataset.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RawModel } from './schema-types.ts';
import { show } from './show.ts';
import type { Column, ColumnType, Dataset, Signature, Task, TensorType } from './valid.ts';

/** Tensor types that a column can be fed as; the first is the default. */
const TENSORS_OF_COLUMN: Record<ColumnType, readonly TensorType[]> = {
  integer: ['integer', 'float'],
  float: ['float'],
  boolean: ['boolean', 'integer', 'float'],
  category: ['string'],
  text: ['string'],
  timestamp: ['integer', 'float'],
  tensor: ['float', 'integer'],
};

/** `dataset` is absent when the one named is unknown or broken: then only the model's own text is checked. */
export function toSignature(raw: RawModel, dataset: Dataset | undefined, report: Report): Signature {
  const columns = dataset?.columns ?? [];
  const seen = new Set<string>();
  const inputs = raw.signature.inputs.map((input, index) => {
    const pointer: Pointer = ['signature', 'inputs', index];
    const column = input.column ?? input.name;
    if (seen.has(input.name)) report.error([...pointer, 'name'], `input ${show(input.name)} is declared twice`);
    seen.add(input.name);
    if (dataset) checkColumn(column, [...pointer, input.column === undefined ? 'name' : 'column'], columns, report);
    const source = columns.find(({ name }) => name === column);
    if (source?.role === 'label') report.error(pointer, `${show(column)} is the label: a model must not see it`);
    const fitting = source ? TENSORS_OF_COLUMN[source.type] : undefined;
    const type = input.type ?? fitting?.[0] ?? 'float';
    if (fitting && !fitting.includes(type)) {
      report.error([...pointer, 'type'], `a ${source?.type} column cannot be fed as ${type}: ${fitting.join(' or ')}`);
    }
    return { name: input.name, column, type, ...(source?.shape === undefined ? {} : { shape: source.shape }) };
  });
  const [label, second] = columns.filter(({ role }) => role === 'label');
  return { inputs, output: toOutput(raw.task, raw.signature.output, second ? undefined : label, report) };
}

const LABEL_TYPES: Record<Task, readonly ColumnType[]> = {
  'binary-classification': ['boolean', 'integer', 'category', 'text'],
  'multiclass-classification': ['category', 'text', 'integer', 'boolean'],
  regression: ['integer', 'float'],
  ranking: ['integer', 'float'],
};

type RawOutput = RawModel['signature']['output'];

function toOutput(task: Task, output: RawOutput, label: Column | undefined, report: Report): Signature['output'] {
  const pointer: Pointer = ['signature', 'output'];
  if (label && !LABEL_TYPES[task].includes(label.type)) {
    report.error(['task'], `${task} does not fit the label ${show(label.name)}, which is ${label.type}`);
  }
  if (output.positive !== undefined && task !== 'binary-classification') {
    report.error([...pointer, 'positive'], `"positive" is for binary-classification, not for ${task}`, 'key');
  }
  if (output.classes !== undefined && task !== 'multiclass-classification') {
    report.error([...pointer, 'classes'], `"classes" is for multiclass-classification, not for ${task}`, 'key');
  }
  if (output.interval !== undefined && task !== 'regression') {
    report.error([...pointer, 'interval'], `"interval" is for regression, not for ${task}`, 'key');
  }
  if (task === 'multiclass-classification') {
    const classes = output.classes ?? [];
    if (classes.length === 0)
      report.error(pointer, '"classes" is missing: the labels in the order of the probabilities');
    if (new Set(classes).size < classes.length) report.error([...pointer, 'classes'], 'a class is named twice');
    return { name: output.name, classes };
  }
  if (task === 'regression') return { name: output.name, ...toInterval(output, pointer, report) };
  if (task === 'ranking') return { name: output.name };
  const positive = output.positive ?? true;
  checkPositive(positive, label, [...pointer, ...(output.positive === undefined ? [] : ['positive'])], report);
  return { name: output.name, positive };
}

function toInterval(
  { name, interval }: RawOutput,
  pointer: Pointer,
  report: Report,
): Pick<Signature['output'], 'interval'> {
  if (interval === undefined) return {};
  const names = [name, interval.lower, interval.upper];
  if (new Set(names).size < names.length) {
    report.error(
      [...pointer, 'interval'],
      `value, lower and upper are three outputs, not ${names.map(show).join(', ')}`,
    );
  }
  return { interval };
}

function checkPositive(
  positive: string | number | boolean,
  label: Column | undefined,
  at: Pointer,
  report: Report,
): void {
  if (!label) return;
  const wanted = label.type === 'boolean' ? 'boolean' : label.type === 'integer' ? 'number' : 'string';
  if (typeof positive === wanted) return;
  report.error(at, `positive ${show(positive)} is no value of the label ${show(label.name)}, which is ${label.type}`);
}
