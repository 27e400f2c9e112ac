import type { Monitor } from '../spec/valid.ts';
import type { ReferenceProfile, WindowProfile } from './profile.ts';

/** What the checks of a window's data look at. */
export type QualityInput = {
  reference: ReferenceProfile;
  profile: WindowProfile;
  /** Epoch ms, half-open. */
  span: { from: number; to: number };
  /** Event time of the newest row, epoch ms. */
  newest: number | undefined;
  malformed: { file: string; reason: string }[];
  /** Rows without a time, rows that were there twice. */
  timeless: number;
  duplicates: number;
  /** Rows whose time was ahead of the clock when they were read, and rows that came after the window was judged. */
  future?: number;
  late?: number;
  /** The windows before it, of the same weekday where the week matters, newest last. */
  trailing: WindowProfile[];
  checks: Monitor['checks'];
  windowSeconds: number;
};
