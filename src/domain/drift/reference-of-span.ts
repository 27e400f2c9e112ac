import { AppError } from '../errors.ts';
import type { Monitor } from '../spec/valid-monitor.ts';
import { mergeWindowProfiles } from './merge-profiles.ts';
import type { ReferenceProfile, WindowProfile } from './profile.ts';
import { referenceFromWindows } from './reference-from-windows.ts';

type SpanWindow = { version: string; profile: WindowProfile };

/**
 * What the windows of a version are compared with where the monitor names a span of production. `windows`: those of the
 * span, oldest first. What was accepted was said of the version that answered most rows then (`isFirst`: it may be this
 * one): any other that answered too few is compared with its training. AppError config/invalid-spec.
 */
export function referenceOfSpan(
  training: ReferenceProfile,
  windows: readonly SpanWindow[],
  version: string,
  monitor: Pick<Monitor, 'name' | 'reference' | 'minRows'>,
  isFirst: boolean,
): ReferenceProfile {
  const blocks = windows.flatMap((one) => (one.version === version && one.profile.rows > 0 ? [one.profile] : []));
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (rows >= monitor.minRows) return referenceFromWindows(training, mergeWindowProfiles(blocks), blocks);
  const others = windows.reduce((sum, { profile }) => sum + profile.rows, -rows);
  if (!isFirst || others > rows) return training;
  throw invalidReference(
    monitor,
    `has ${rows} rows${version === '' ? '' : ` that v${version} answered`}; it takes ${monitor.minRows}`,
  );
}

export function invalidReference({ name, reference }: Pick<Monitor, 'name' | 'reference'>, why: string): AppError {
  const span = reference === 'training' ? '' : ` ${reference.from} to ${reference.to}`;
  return new AppError('config/invalid-spec', `monitor ${name}: the reference${span} ${why}`);
}
