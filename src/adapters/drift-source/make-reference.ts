import { inputKind, predictionKind } from '../../domain/drift/column-kind.ts';
import { GRID_BINS, type Grid, makeProfile, numericGrid } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import { profileParquet } from './profile-parquet.ts';

export const makeReference: ReferenceMaker = async ({ trainFile, model, predictions, promised }) => {
  // A tensor is no number that could drift, nor is it in the log of the inference server.
  const watched = model.signature.inputs.filter(({ shape }) => shape === undefined);
  const columns = new Map(watched.map(({ column, type }) => [column, inputKind(type)]));
  const { rows, columns: profiles } = await profileParquet(
    trainFile,
    [...columns].map(([column, kind]) => ({ column, kind })),
  );
  return { version: 1, rows, columns: profiles, prediction: profilePredictions(model, predictions), promised };
};

function profilePredictions(model: Model, predictions: Float64Array): ColumnProfile {
  if (predictionKind(model) === 'categorical') {
    const classes = model.signature.output.classes?.length ?? 1;
    const chosen: string[] = [];
    for (let start = 0; start + classes <= predictions.length; start += classes) {
      const row = predictions.subarray(start, start + classes);
      chosen.push(String(row.indexOf(Math.max(...row))));
    }
    const grid: Grid = {
      kind: 'categorical',
      categories: Array.from({ length: classes }, (_, i) => String(i)).sort(),
      open: false,
    };
    return makeProfile('prediction', chosen, grid);
  }
  const width = model.signature.output.interval === undefined ? 1 : 3;
  const values = width === 1 ? predictions : predictions.filter((_, index) => index % width === 0);
  const finite = values.filter(Number.isFinite).sort();
  const at = (share: number) => finite[Math.min(finite.length - 1, Math.floor(share * finite.length))];
  // A probability's grid covers all of them: calibration moves within it, and 0 and 1 stay where they are.
  const grid: Grid =
    model.task === 'binary-classification'
      ? { kind: 'numeric', low: 0, width: (1 / GRID_BINS) * (1 + 1e-9) }
      : numericGrid(at(0.001), at(0.999));
  return makeProfile('prediction', [...values], grid);
}
