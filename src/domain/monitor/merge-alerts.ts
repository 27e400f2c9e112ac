import type { ExternalAlert } from '../drift/alert.ts';

const MOST_KEPT = 50;

/**
 * What is known of alerts after more was heard, which may be told twice and in any order: of one alert the later start
 * counts, and of one start its end. Keeps the newest 50, firing ones before resolved ones. Undefined: nothing new.
 */
export function mergeAlerts(
  known: readonly ExternalAlert[],
  heard: readonly ExternalAlert[],
): ExternalAlert[] | undefined {
  const byFingerprint = new Map(known.map((alert) => [alert.fingerprint, alert]));
  let changed = false;
  for (const alert of heard) {
    const before = byFingerprint.get(alert.fingerprint);
    if (before && !isNews(before, alert)) continue;
    byFingerprint.set(alert.fingerprint, alert);
    changed = true;
  }
  if (!changed) return undefined;
  const merged = [...byFingerprint.values()].sort(byImportance).slice(0, MOST_KEPT);
  return isSame(merged, known) ? undefined : merged;
}

function isNews(before: ExternalAlert, alert: ExternalAlert): boolean {
  if (alert.startsAt !== before.startsAt) return alert.startsAt > before.startsAt;
  if (alert.status !== before.status) return alert.status === 'resolved';
  return !isSame(alert, before);
}

function byImportance(one: ExternalAlert, other: ExternalAlert): number {
  if (one.status !== other.status) return one.status === 'firing' ? -1 : 1;
  const newest = (other.endsAt ?? other.startsAt) - (one.endsAt ?? one.startsAt);
  return newest || (one.fingerprint < other.fingerprint ? -1 : 1);
}

/** Both are made by us, with their names in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
