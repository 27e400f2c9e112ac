import { inputKind, predictionKind } from '../../domain/drift/column-kind.ts';
import { GRID_BINS, type Grid, makeProfile, numericGrid } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import { profileParquet } from './profile-parquet.ts';

export const makeReference: ReferenceMaker = async ({ trainFile, model, predictions, promised }) => {
  const columns = new Map(model.signature.inputs.map(({ column, type }) => [column, inputKind(type)]));
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
  const finite = predictions.filter(Number.isFinite).sort();
  const at = (share: number) => finite[Math.min(finite.length - 1, Math.floor(share * finite.length))];
  // A probability's grid covers all of them: calibration moves within it, and 0 and 1 stay where they are.
  const grid: Grid =
    model.task === 'binary-classification'
      ? { kind: 'numeric', low: 0, width: (1 / GRID_BINS) * (1 + 1e-9) }
      : numericGrid(at(0.001), at(0.999));
  return makeProfile('prediction', [...predictions], grid);
}
