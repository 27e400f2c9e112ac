import { FEWEST_BLOCKS, overDispersion } from './over-dispersion.ts';
import type { ColumnProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from './profile.ts';
import { HOUR_OF_WEEK } from './reweight-reference.ts';
import { type HourlyBlock, seasonDispersion } from './season-dispersion.ts';

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
  const { confidence } = reference;
  const take = (column: ReferenceColumn, seen: ColumnProfile, profileIn: ProfileIn) =>
    replace(column, seen, blocksOf(blocks, profileIn), profile);
  return {
    ...reference,
    rows: profile.rows,
    columns: reference.columns.flatMap((column) => {
      const profileIn: ProfileIn = (part) => part.columns.find((one) => one.column === column.column);
      const seen = profileIn(profile);
      return seen === undefined || seen.rows === 0 ? [] : [take(column, seen, profileIn)];
    }),
    prediction: profile.prediction
      ? take(reference.prediction, profile.prediction, (part) => part.prediction)
      : reference.prediction,
    ...(confidence && profile.confidence
      ? { confidence: take(confidence, profile.confidence, (part) => part.confidence) }
      : {}),
    groups: profile.groups,
  };
}

type ProfileIn = (part: WindowProfile) => ColumnProfile | undefined;

function blocksOf(blocks: WindowProfile[], profileIn: ProfileIn): HourlyBlock[] {
  return blocks.flatMap((block) => {
    const profile = profileIn(block);
    const hours = block.groups.find(({ by }) => by === HOUR_OF_WEEK)?.groups ?? [];
    return profile ? [{ profile, hours }] : [];
  });
}

function replace(
  { column, measure, losses, overDispersion: trained }: ReferenceColumn,
  seen: ColumnProfile,
  blocks: HourlyBlock[],
  span: Pick<WindowProfile, 'groups'>,
): ReferenceColumn {
  const season = blocks.length < FEWEST_BLOCKS ? undefined : seasonDispersion(span, column, blocks);
  // A week says little of how days differ: then the training does.
  const over = blocks.length < FEWEST_BLOCKS ? trained : overDispersion(blocks.map(({ profile }) => profile));
  return {
    ...seen,
    column,
    measure,
    ...(over ? { overDispersion: over } : {}),
    ...(season ? { seasonDispersion: season } : {}),
    ...(losses ? { losses } : {}),
  };
}
