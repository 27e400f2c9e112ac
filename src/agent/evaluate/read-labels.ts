/** The truth of each row as the metrics take it. */
import type { BatchColumn } from '../../domain/data/column-batch.ts';
import { AppError } from '../../domain/errors.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';

export function labelColumn(dataset: Dataset): string {
  const label = dataset.columns.find((column) => column.role === 'label');
  if (label === undefined)
    throw new AppError('config/invalid-spec', `dataset ${dataset.name} has no column of role label`);
  return label.name;
}

/** NaN where the label is missing: such a row cannot be judged. AppError when a label does not fit the model's task. */
export function labelReader(model: Model): (column: BatchColumn) => Float64Array {
  switch (model.task) {
    case 'regression':
      return (column) => numbersOf(column, 'is not a finite number', Number.isFinite);
    case 'ranking':
      return (column) => numbersOf(column, 'is no relevance: a finite number, 0 or more', isRelevance);
    case 'multiclass-classification':
      return classReader(model.signature.output.classes ?? []);
    case 'binary-classification':
      return positiveReader(model.signature.output.positive);
  }
}

const isRelevance = (value: number) => Number.isFinite(value) && value >= 0;

function numbersOf(column: BatchColumn, fault: string, fits: (value: number) => boolean): Float64Array {
  if (column.kind === 'texts' || column.kind === 'tensors') throw unfit(`the labels are ${column.kind}, not numbers`);
  const labels = new Float64Array(column.values);
  for (let row = 0; row < labels.length; row += 1) {
    if (column.missing?.[row] === 1) labels[row] = Number.NaN;
    // NaN in the data says "missing" as well as NULL does.
    else if (!Number.isNaN(labels[row]) && !fits(labels[row] as number))
      throw unfit(`the label ${labels[row]} ${fault}`);
  }
  return labels;
}

function classReader(classes: readonly string[]): (column: BatchColumn) => Float64Array {
  const index = new Map(classes.map((name, position) => [name, position]));
  return byValue((value) => {
    const found = index.get(String(value));
    if (found === undefined) throw unfit(`a label is none of the model's ${index.size} classes`);
    return found;
  });
}

function positiveReader(positive: string | number | boolean | undefined): (column: BatchColumn) => Float64Array {
  // Where nothing is said, what is true or 1 is positive.
  const wanted = positive === undefined ? undefined : String(positive);
  const truth = wanted === undefined || wanted === 'true' || wanted === '1';
  return byValue((value) => {
    if (wanted !== undefined && String(value) === wanted) return 1;
    return truth && (value === true || value === 1) ? 1 : 0;
  });
}

/** Asks once for each value that there is. */
function byValue(read: (value: number | string | boolean) => number): (column: BatchColumn) => Float64Array {
  const known = new Map<number | string | null, number>();
  let kind: string | undefined;
  return (column) => {
    if (column.kind === 'tensors') throw unfit('the labels are tensors');
    if (kind !== column.kind) known.clear();
    kind = column.kind;
    const boolean = column.kind === 'booleans';
    const missing = column.kind === 'texts' ? undefined : column.missing;
    const labels = new Float64Array(column.values.length);
    for (let row = 0; row < labels.length; row += 1) {
      const value = column.values[row] as number | string | null;
      if (missing?.[row] === 1 || value === null || Number.isNaN(value)) labels[row] = Number.NaN;
      else {
        let label = known.get(value);
        if (label === undefined) {
          label = read(boolean ? value === 1 : value);
          known.set(value, label);
        }
        labels[row] = label;
      }
    }
    return labels;
  };
}

function unfit(message: string): AppError {
  return new AppError('config/data-invalid', message);
}
