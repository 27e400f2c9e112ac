import { fileList, identifier, quote, type Session } from '../session.ts';

/** What the located rows call their file, and their number in it. */
export type RowNames = { file: string; row: string };

/** A name that none of the columns has: a file may have columns of any name. */
export function unused(name: string, types: Map<string, string>): string {
  const taken = new Set(Array.from(types.keys(), (one) => one.toLowerCase()));
  let free = name;
  while (taken.has(free)) free += '_';
  return free;
}

/** SQL of the rows of Parquet files with those columns, and `more`; each with its file and its number in it. */
export async function locateRows(
  session: Session,
  files: string[],
  types: Map<string, string>,
  { more = '', mixed = false }: { more?: string; mixed?: boolean } = {},
): Promise<{ located: string; names: RowNames }> {
  const names = { file: unused('row_file', types), row: unused('row_number', types) };
  const isNumbered = unused('file_row_number', types) === 'file_row_number';
  // The database numbers no rows of a file that has a column of that name.
  if (!isNumbered) await session.connection.run('SET preserve_insertion_order = true');
  const number = isNumbered ? 'file_row_number' : 'row_number() OVER ()';
  const options = [
    'hive_partitioning = false',
    `filename = ${quote(names.file)}`,
    ...(mixed ? ['union_by_name = true'] : []),
    ...(isNumbered ? ['file_row_number = true'] : []),
  ];
  const located = `SELECT *${more}, ${number} AS ${identifier(names.row)} FROM read_parquet(${fileList(files)}, ${options.join(', ')})`;
  return { located, names };
}
