import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';

const without = new WeakMap<ReferenceProfile, ReferenceProfile>();

/**
 * Of a reference, what is counted for the monitor: a row's reconstruction can take as long as all of its columns. It is
 * another reference, whose profiles are kept apart; the same object for the same reference.
 */
export function countedReference(
  reference: ReferenceProfile,
  { multivariate }: Pick<Monitor, 'multivariate'>,
): ReferenceProfile {
  if (multivariate) return reference;
  const columns = reference.columns.filter(({ measure }) => measure.of !== 'reconstruction');
  const counted = without.get(reference) ?? { ...reference, columns };
  without.set(reference, counted);
  return counted;
}
