import type { Model } from '../spec/valid.ts';

/**
 * A label as the log keeps it (text) as the number that metrics compare with: 1 for the positive class of a binary
 * model and 0 for anything else, the index of a class, or the value. `undefined`: it cannot be one.
 */
export function encodeLabel(model: Pick<Model, 'task' | 'signature'>, text: string): number | undefined {
  const { positive, classes } = model.signature.output;
  if (model.task === 'multiclass-classification') {
    const index = (classes ?? []).indexOf(text);
    return index < 0 ? undefined : index;
  }
  if (model.task === 'binary-classification') {
    // Whatever a sender's language calls true.
    const truthy = positive === undefined || positive === true || positive === 1;
    return text === String(positive) || (truthy && (text === 'true' || text === '1')) ? 1 : 0;
  }
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}
