/** What is kept of a window of production so that it is judged, merged and shown without a second reading. */
import { mergeWindowProfiles } from './merge-profiles.ts';
import type { WindowProfile } from './profile.ts';
import type { PerformanceFinding } from './verdict.ts';

/** Predictions of rows whose truth is known, and that. */
export type LabelledRows = { predictions: ArrayLike<number>; labels: ArrayLike<number> };

type Facts = {
  /** Files that could not be read, with the reason. */
  malformed: { file: string; reason: string }[];
  timeless: number;
  duplicates: number;
  /** Event time of the newest row, epoch ms. */
  newest?: number;
};

export type SeenWindow = WindowProfile & {
  seen: Facts & {
    performance: PerformanceFinding[];
    /** Of windows with too few rows only, since they are judged together with others. */
    labelled?: LabelledRows;
  };
};

/** Why a file cannot be read is told of so many. */
const MAX_MALFORMED = 20;

/** `performance`: of its own rows whose truth is known. */
export function seenWindow(
  observed: Facts & { profile: WindowProfile; labelled: LabelledRows },
  performance: PerformanceFinding[],
  minRows: number,
): SeenWindow {
  const { profile, malformed, timeless, duplicates, newest, labelled } = observed;
  const short = profile.rows < minRows && labelled.labels.length > 0;
  return {
    ...profile,
    seen: {
      malformed: malformed.slice(0, MAX_MALFORMED),
      timeless,
      duplicates,
      ...(newest === undefined ? {} : { newest }),
      performance,
      ...(short ? { labelled } : {}),
    },
  };
}

/** Windows that wait, as one that waits. */
export function mergeSeen(parts: SeenWindow[]): SeenWindow {
  const labelled = labelledOf(parts);
  return {
    ...mergeWindowProfiles(parts),
    seen: {
      malformed: [],
      timeless: 0,
      duplicates: 0,
      performance: [],
      ...(labelled.labels.length > 0 ? { labelled } : {}),
    },
  };
}

/** Of all parts that have labels. */
export function labelledOf(parts: SeenWindow[]): { predictions: number[]; labels: number[] } {
  const all = parts.flatMap(({ seen }) => seen.labelled ?? []);
  return {
    predictions: all.flatMap(({ predictions }) => Array.from(predictions)),
    labels: all.flatMap(({ labels }) => Array.from(labels)),
  };
}
