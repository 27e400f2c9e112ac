import { overDispersion } from './over-dispersion.ts';
import type { ColumnProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from './profile.ts';

/**
 * A span of production as what windows are held against from now on, on the same grids: what was new to the training
 * and is accepted stays in `unseen`, over or under, where it is expected then. `blocks`: the span's windows in their
 * order, for the over-dispersion. What was promised, the calibration and the losses are the model's and stay. A column
 * that the span has not is not watched any more.
 */
export function referenceFromWindows(
  reference: ReferenceProfile,
  profile: WindowProfile,
  blocks: WindowProfile[],
): ReferenceProfile {
  const columnIn = (part: WindowProfile, column: string) => part.columns.find((one) => one.column === column);
  const { overDispersion: _, ...prediction } = reference.prediction;
  return {
    ...reference,
    rows: profile.rows,
    columns: reference.columns.flatMap((column) => {
      const seen = columnIn(profile, column.column);
      if (seen === undefined || seen.rows === 0) return [];
      return [
        take(
          column,
          seen,
          blocks.flatMap((block) => columnIn(block, column.column) ?? []),
        ),
      ];
    }),
    prediction: profile.prediction
      ? take(
          reference.prediction,
          profile.prediction,
          blocks.flatMap((block) => block.prediction ?? []),
        )
      : prediction,
    ...(reference.confidence && profile.confidence
      ? {
          confidence: take(
            reference.confidence,
            profile.confidence,
            blocks.flatMap((block) => block.confidence ?? []),
          ),
        }
      : {}),
    groups: profile.groups,
  };
}

function take(column: ReferenceColumn, seen: ColumnProfile, blocks: ColumnProfile[]): ReferenceColumn {
  const { measure, losses } = column;
  return {
    ...seen,
    // Under a type of its own a column is broken, in the accepted span as later.
    column: column.column,
    measure,
    ...(blocks.length > 1 ? { overDispersion: overDispersion(blocks) } : {}),
    ...(losses ? { losses } : {}),
  };
}
