import type { Monitor } from '../spec/valid-monitor.ts';
import type { ReferenceProfile, WindowProfile } from './profile.ts';

/** What the checks of a window's data look at. */
export type QualityInput = {
  reference: ReferenceProfile;
  profile: WindowProfile;
  /** The version that is judged: what its rows lack counts, what those of others lack does not. */
  version?: string;
  /** Epoch ms, half-open. */
  span: { from: number; to: number };
  /** Event time of the newest row, epoch ms. */
  newest: number | undefined;
  malformed: { file: string; reason: string }[];
  /** Rows without a time, or with one that cannot be; rows that were there twice. */
  timeless: number;
  duplicates: number;
  /** Rows that came after the window was judged. */
  late?: number;
  /** The windows before it, of the same weekday where the week matters, newest last. */
  trailing: WindowProfile[];
  checks: Monitor['checks'];
  windowSeconds: number;
};
