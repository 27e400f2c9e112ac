import { readFile } from 'node:fs/promises';
import type { ReferenceProfile } from '../domain/drift/profile.ts';
import { AppError } from '../domain/errors.ts';

/** A reference.json as an evaluation writes it; config/invalid-input for anything else. */
export async function readReference(file: string): Promise<ReferenceProfile> {
  let found: Partial<ReferenceProfile> | undefined;
  try {
    found = JSON.parse(await readFile(file, 'utf8')) as Partial<ReferenceProfile>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('config/invalid-input', `Reading ${file}: ${reason}`, { cause });
  }
  if (found?.version !== 2 || !Array.isArray(found.columns) || found.prediction === undefined)
    throw new AppError('config/invalid-input', `${file} is no reference that an evaluation wrote (version 2)`);
  return found as ReferenceProfile;
}
