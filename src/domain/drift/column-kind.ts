import type { Model, TensorType } from '../spec/valid.ts';

/** How a model's input or prediction is profiled. */
export function inputKind(type: TensorType): 'numeric' | 'categorical' {
  return type === 'float' || type === 'integer' ? 'numeric' : 'categorical';
}

/** Multiclass: the index of the most probable class is a category. */
export function predictionKind(model: Pick<Model, 'task'>): 'numeric' | 'categorical' {
  return model.task === 'multiclass-classification' ? 'categorical' : 'numeric';
}
