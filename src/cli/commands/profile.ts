import { readFile, writeFile } from 'node:fs/promises';
import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { ReferenceColumn, WindowProfile } from '../../domain/drift/profile.ts';
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
    reference?: ReferenceColumn[],
  ): Promise<{ rows: number; columns: ReferenceColumn[]; leftOut: string[] }>;
};

/** What is written: a window's profile whose columns say what they measure, so that others can be made like it. */
type Profile = Omit<WindowProfile, 'columns'> & { columns: ReferenceColumn[] };

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
  const { profiles, leftOut } = options.merge
    ? { profiles: await Promise.all(files.map(readProfile)), leftOut: [] }
    : await profileFiles(parts, files, options.reference);
  const profile = merged(profiles);
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
): Promise<{ profiles: Profile[]; leftOut: string[] }> {
  let grids = reference === undefined ? undefined : await gridsIn(reference);
  const leftOut = new Set<string>();
  const profiles: Profile[] = [];
  for (const file of files) {
    const { rows, columns, leftOut: without } = await profileFile(file, grids);
    grids ??= columns;
    for (const name of without) leftOut.add(name);
    profiles.push({ version: 1, rows, columns, errors: 0, versions: [], types: [], groups: [] });
  }
  return { profiles, leftOut: [...leftOut] };
}

function merged(profiles: Profile[]): Profile {
  const all = profiles.flatMap(({ columns }) => columns);
  const shapes = new Map<string, string>();
  for (const one of all) {
    const shape = shapeOf(one);
    if ((shapes.get(one.column) ?? shape) !== shape)
      throw invalid(`profiles of ${one.column} lie on different grids: profile all files with one --reference`);
    shapes.set(one.column, shape);
  }
  const measures = new Map(all.map(({ column, measure }) => [column, measure]));
  const profile = mergeWindowProfiles(profiles);
  return { ...profile, columns: profile.columns.map((one) => ({ ...one, measure: measures.get(one.column)! })) };
}

/** What two profiles must agree on to be added up; categories are added up by name. */
function shapeOf({ measure, ...profile }: ReferenceColumn): string {
  const grid = profile.kind === 'numeric' ? [profile.low, profile.width, profile.scale?.asinh ?? 0] : ['categories'];
  return JSON.stringify([measure, ...grid]);
}

async function gridsIn(file: string): Promise<ReferenceColumn[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return isProfile(parsed(text)) ? (await readProfile(file)).columns : (await readReference(file)).columns;
}

async function readProfile(file: string): Promise<Profile> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw invalid(`Reading ${file}: ${cause.message}`);
  });
  const profile = parsed(text);
  if (!isProfile(profile)) throw invalid(`${file} is no profile that \`sluice profile -o\` wrote`);
  const columns = profile.columns.map((one) => ({
    ...one,
    measure: one.measure ?? { of: 'value' as const, column: one.column },
  }));
  return { ...profile, columns };
}

function isProfile(found: unknown): found is Profile {
  const { version, columns } = (found ?? {}) as Partial<Profile>;
  return version === 1 && Array.isArray(columns);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string): AppError {
  return new AppError('config/invalid-input', message);
}
