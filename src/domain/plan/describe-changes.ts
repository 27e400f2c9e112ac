import { canonicalJson } from '../fingerprint/canonical-json.ts';

const LONGEST_VALUE = 40;

/**
 * The differences of two values in plain words, one a leaf: `params.epochs 20 → 30`, `columns.hour added`. Lists whose
 * entries have names are compared by name, others as wholes.
 */
export function describeChanges(before: unknown, after: unknown, name = ''): string[] {
  if (same(before, after)) return [];
  if (before === undefined) return [`${name} added`];
  if (after === undefined) return [`${name} removed`];
  const [old, now] = [named(before), named(after)];
  if (old === undefined || now === undefined) return [`${name} ${brief(before)} → ${brief(after)}`];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  const inner = keys.flatMap((key) => describeChanges(old[key], now[key], name === '' ? key : `${name}.${key}`));
  // Same entries in another order.
  return inner.length > 0 ? inner : [`${name} reordered`];
}

export function same(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

/** A mapping, or a list of things with different names as one; else undefined. */
function named(value: unknown): Record<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return value as Record<string, unknown>;
  const names = value.map((item) => (item as { name?: unknown } | null)?.name);
  if (value.length === 0 || names.some((item) => typeof item !== 'string')) return undefined;
  if (new Set(names).size < names.length) return undefined;
  return Object.fromEntries(value.map((item: { name: string }) => [item.name, item]));
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
