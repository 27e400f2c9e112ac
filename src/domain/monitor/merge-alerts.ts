import type { ExternalAlert } from '../drift/alert.ts';

const MOST_KEPT = 50;

/**
 * What is known of alerts after more was heard, which may be told twice and in any order: of one alert the later start
 * counts, of one start its end, and what fires is over once an end is told that is not before its start. Keeps the newest 50, firing ones before resolved ones. Undefined: nothing new.
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
  if (alert.startsAt !== before.startsAt) {
    return ends(before, alert) || (alert.startsAt > before.startsAt && !ends(alert, before));
  }
  if (alert.status !== before.status) return alert.status === 'resolved';
  return !isSame(alert, before);
}

/** The sender was restarted, or its clock put right: it may tell the end of what fires with another start. */
function ends({ status, startsAt }: ExternalAlert, by: ExternalAlert): boolean {
  return status === 'firing' && by.status === 'resolved' && (by.endsAt ?? by.startsAt) >= startsAt;
}

function byImportance(one: ExternalAlert, other: ExternalAlert): number {
  if (one.status !== other.status) return one.status === 'firing' ? -1 : 1;
  const newest = (other.endsAt ?? other.startsAt) - (one.endsAt ?? one.startsAt);
  return newest || (one.fingerprint < other.fingerprint ? -1 : 1);
}

/** Both are made by us, with their names in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
