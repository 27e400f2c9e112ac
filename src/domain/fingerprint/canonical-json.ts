import { AppError } from '../errors.ts';

/**
 * JSON text that is the same for the same data: keys in the order of their UTF-16 code units, no spaces, properties
 * that are undefined left out. Numbers are printed as JavaScript prints them. Throws bug/invariant for what JSON cannot
 * hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  throw new AppError('bug/invariant', `no canonical JSON for a value of type ${typeof value}`);
}
