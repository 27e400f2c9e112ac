import { readFile, writeFile } from 'node:fs/promises';
import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { ColumnProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/fingerprint/canonical-json.ts';
import { count } from '../../render/format.ts';
import { profileTable } from '../../render/profile-table.ts';
import { tableToText } from '../../render/report/to-text.ts';
import { printable } from '../problem-lines.ts';
import { readReference } from '../read-reference.ts';
import type { CommandResult } from './command-result.ts';

export type ProfileParts = {
  /** On the grids of `reference`, or on grids over the file itself. Parquet, CSV, JSON lines or Arrow by its ending. */
  profileFile(
    file: string,
    reference?: ColumnProfile[],
  ): Promise<{ rows: number; columns: ColumnProfile[]; leftOut: string[] }>;
};

export type ProfileOptions = {
  /** A reference.json, or a profile that was written before. */
  reference?: string;
  output?: string;
  /** The files are profiles. */
  merge?: boolean;
};

/**
 * `sluice profile`: several files as one, on the grids of the reference or else of the first file; parts that were
 * profiled apart on one reference are merged to the same bytes as the whole.
 */
export async function profileCommand(
  parts: ProfileParts,
  files: string[],
  options: ProfileOptions,
): Promise<CommandResult> {
  if (files.length === 0) throw new AppError('config/invalid-input', 'name the files to profile');
  const { profile, leftOut } = options.merge
    ? { profile: mergeWindowProfiles(await Promise.all(files.map(readProfile))), leftOut: [] }
    : await profileFiles(parts, files, options.reference);
  if (options.output !== undefined) await writeFile(options.output, `${canonicalJson(profile)}\n`);
  const aside = leftOut.length > 0 ? ['', `Not profiled: ${leftOut.join(', ')}`] : [];
  return {
    exitCode: 0,
    text: [`${count(profile.rows)} rows`, '', ...tableToText(profileTable(profile.columns)), ...aside]
      .map(printable)
      .join('\n'),
    json: profile,
  };
}

async function profileFiles(
  { profileFile }: ProfileParts,
  files: string[],
  reference: string | undefined,
): Promise<{ profile: WindowProfile; leftOut: string[] }> {
  let grids = reference === undefined ? undefined : await gridsIn(reference);
  const leftOut = new Set<string>();
  const profiles: WindowProfile[] = [];
  for (const file of files) {
    const { rows, columns, leftOut: without } = await profileFile(file, grids);
    grids ??= columns;
    for (const name of without) leftOut.add(name);
    profiles.push({ version: 1, rows, columns, errors: 0, versions: [], types: [], groups: [] });
  }
  return { profile: mergeWindowProfiles(profiles), leftOut: [...leftOut] };
}

async function gridsIn(file: string): Promise<ColumnProfile[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const version = text === undefined ? undefined : /"version"\s*:\s*(\d+)/.exec(text)?.[1];
  return version === '1' ? (await readProfile(file)).columns : (await readReference(file)).columns;
}

async function readProfile(file: string): Promise<WindowProfile> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new AppError('config/invalid-input', `Reading ${file}: ${cause.message}`, { cause });
  });
  const profile = parsed(text);
  if (profile?.version !== 1 || !Array.isArray(profile.columns))
    throw new AppError('config/invalid-input', `${file} is no profile that \`sluice profile -o\` wrote`);
  return profile;
}

function parsed(text: string): WindowProfile | undefined {
  try {
    return JSON.parse(text) as WindowProfile;
  } catch {
    return undefined;
  }
}
