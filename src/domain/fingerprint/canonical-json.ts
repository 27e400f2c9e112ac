import { AppError } from '../errors.ts';

/**
 * JSON text that is the same for the same data: keys in the order of their UTF-16 code units, no spaces, properties
 * that are undefined left out. Numbers are printed as JavaScript prints them. Throws bug/invariant for what JSON cannot
 * hold, with the place of it.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, () => '$');
}

function textOf(value: unknown, place: () => string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, at) => textOf(item, () => `${place()}[${at}]`)).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const texts = entries.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item, () => `${place()}.${key}`)}`);
    return `{${texts.join(',')}}`;
  }
  const what = typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
  throw new AppError('bug/invariant', `no canonical JSON for ${what} at ${place()}`);
}
