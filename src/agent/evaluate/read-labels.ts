/** The truth of each row as the metrics take it. */
import { AppError } from '../../domain/errors.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';

type Value = number | string | boolean | null;

export function labelColumn(dataset: Dataset): string {
  const label = dataset.columns.find((column) => column.role === 'label');
  if (label === undefined)
    throw new AppError('config/invalid-spec', `dataset ${dataset.name} has no column of role label`);
  return label.name;
}

/** NaN where the label is missing: such a row cannot be judged. AppError when a label is no class of the model. */
export function labelReader(model: Model): (value: Value) => number {
  const { positive, classes } = model.signature.output;
  if (model.task === 'regression') {
    return (value) => {
      if (value === null) return Number.NaN;
      if (typeof value === 'string') throw unfit(`the label ${JSON.stringify(value)} is not a number`);
      return Number(value);
    };
  }
  if (model.task === 'multiclass-classification') {
    const index = new Map((classes ?? []).map((name, position) => [name, position]));
    return (value) => {
      if (value === null) return Number.NaN;
      const found = index.get(String(value));
      if (found === undefined) throw unfit(`a label is none of the model's ${index.size} classes`);
      return found;
    };
  }
  // Where nothing is said, what is true or 1 is positive.
  const wanted = positive === undefined ? undefined : String(positive);
  return (value) => {
    if (value === null) return Number.NaN;
    if (wanted !== undefined && String(value) === wanted) return 1;
    const truth = wanted === undefined || wanted === 'true' || wanted === '1';
    return truth && (value === true || value === 1) ? 1 : 0;
  };
}

function unfit(message: string): AppError {
  return new AppError('config/data-invalid', message);
}
