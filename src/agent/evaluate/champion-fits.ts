import type { Dataset, Model } from '../../domain/spec/valid.ts';

/**
 * Why the champion cannot be compared on the candidate's holdout; undefined when it can. It is scored by its own
 * signature, so the two may read different columns, as long as the dataset has them and they answer the same question.
 */
export function championMisfit(candidate: Model, champion: Model, dataset: Dataset): string | undefined {
  if (champion.task !== candidate.task) return `it solves another task (${champion.task})`;
  const columns = new Set(dataset.columns.map((column) => column.name));
  const missing = champion.signature.inputs.filter((input) => !columns.has(input.column)).map((input) => input.column);
  if (missing.length > 0) return `it needs ${missing.join(', ')}, which dataset ${dataset.name} no longer has`;
  const [mine, its] = [candidate.signature.output, champion.signature.output];
  if (candidate.task === 'binary-classification' && String(mine.positive ?? true) !== String(its.positive ?? true)) {
    return `its positive class is ${String(its.positive)}, not ${String(mine.positive)}`;
  }
  const classes = [...(its.classes ?? [])].sort().join('\0');
  if (candidate.task === 'multiclass-classification' && classes !== [...(mine.classes ?? [])].sort().join('\0')) {
    return 'its classes are others';
  }
  return undefined;
}

/** Where each of the candidate's classes stands in the champion's answer; undefined when the order is the same. */
export function classOrder(candidate: Model, champion: Model): number[] | undefined {
  const its = champion.signature.output.classes ?? [];
  const order = (candidate.signature.output.classes ?? []).map((name) => its.indexOf(name));
  return order.every((place, index) => place === index) ? undefined : order;
}
