/** What is kept of a window so that it is judged, merged and shown without a second reading. */
import type { WindowProfile } from '../../domain/drift/profile.ts';
import type { PerformanceFinding } from '../../domain/drift/verdict.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { WindowObservation } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import type { WindowRecord } from '../records.ts';

type Seen = Pick<WindowObservation, 'malformed' | 'timeless' | 'duplicates' | 'newest'> & {
  performance: PerformanceFinding[];
  /** Of windows with too few rows only, since they are judged together with others. */
  labelled?: { predictions: number[]; labels: number[] };
};

export type KeptWindow = WindowProfile & { seen: Seen };

/** Why a file cannot be read is told of so many. */
const MAX_MALFORMED = 20;

export async function keepWindow(
  artifacts: Artifacts,
  observed: WindowObservation,
  performance: PerformanceFinding[],
  minRows: number,
): Promise<string> {
  const { profile, malformed, timeless, duplicates, newest, labelled } = observed;
  const short = profile.rows < minRows && labelled.labels.length > 0;
  const kept: KeptWindow = {
    ...profile,
    seen: {
      malformed: malformed.slice(0, MAX_MALFORMED),
      timeless,
      duplicates,
      ...(newest === undefined ? {} : { newest }),
      performance,
      ...(short ? { labelled: { predictions: [...labelled.predictions], labels: [...labelled.labels] } } : {}),
    },
  };
  return artifacts.put(JSON.stringify(kept));
}

export function readKept(artifacts: Artifacts, window: Pick<WindowRecord, 'profile'>): Promise<KeptWindow> {
  return readJson<KeptWindow>(artifacts, window.profile);
}
