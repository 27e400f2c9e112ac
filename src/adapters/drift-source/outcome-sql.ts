import type { Model } from '../../domain/spec/valid.ts';
import { classSql, numberSql } from './measure-sql.ts';
import { identifier } from './session.ts';

/**
 * SQL of the prediction as its profile has it (of several classes: the place of the chosen one, as text), and of the
 * confidence; of two classes that is the prediction's own where nothing else says so.
 */
export function outcomeSql(
  columns: { prediction?: string; confidence?: string },
  types: Map<string, string>,
  { task, signature }: Pick<Model, 'task' | 'signature'>,
): { prediction?: string; confidence?: string } {
  const typed = (name: string | undefined) => {
    const type = name === undefined ? undefined : types.get(name);
    return name === undefined || type === undefined ? undefined : { column: identifier(name), type };
  };
  const [prediction, confidence] = [typed(columns.prediction), typed(columns.confidence)];
  const number = prediction && numberSql(prediction.column, prediction.type);
  const sure =
    confidence === undefined
      ? task === 'binary-classification' && number !== undefined
        ? `greatest(${number}, 1 - ${number})`
        : undefined
      : numberSql(confidence.column, confidence.type);
  const value =
    task === 'multiclass-classification' && prediction !== undefined
      ? classSql(prediction.column, prediction.type, signature.output.classes ?? [])
      : number;
  return {
    ...(value === undefined ? {} : { prediction: value }),
    ...(sure === undefined ? {} : { confidence: sure }),
  };
}
