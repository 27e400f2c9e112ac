import { fileList, type Session } from '../session.ts';

/** Bytes of a value of Parquet's types that numbers and times come in. */
const WIDTHS: Record<string, number> = { DOUBLE: 8, INT64: 8, FLOAT: 4, INT32: 4 };
/** Of what the values themselves would take. */
const SHARE_AT_MOST = 3 / 8;
/** Of a dictionary's entries, all together: they are held in memory, at some 30 bytes each. */
const MOST_DIFFERENT = 4_000_000;

type Chunk = { name: string; type: string; encodings: string; values: number; bytes: number };

/**
 * Columns of Parquet files whose values are known to repeat: every part of them is kept as a dictionary that is small for
 * its rows. DuckDB groups by such a column as fast as it reads it. First rows tell nothing of the others; sizes do, since
 * each different value takes its width at least.
 */
export async function repeatingColumns(session: Session, files: string[]): Promise<Set<string>> {
  const chunks = (await session.query(
    `SELECT path_in_schema AS name, type, encodings, CAST(num_values AS DOUBLE) AS values,
       CAST(total_uncompressed_size AS DOUBLE) AS bytes
     FROM parquet_metadata(${fileList(files)})`,
  )) as Chunk[];
  const different = new Map<string, number>();
  for (const chunk of chunks) {
    const most = isSmallDictionary(chunk) ? chunk.bytes / WIDTHS[chunk.type]! : Number.POSITIVE_INFINITY;
    different.set(chunk.name, (different.get(chunk.name) ?? 0) + most);
  }
  return new Set([...different].filter(([, most]) => most <= MOST_DIFFERENT).map(([name]) => name));
}

function isSmallDictionary({ type, encodings, values, bytes }: Chunk): boolean {
  const width = WIDTHS[type];
  if (width === undefined || !/DICTIONARY/.test(encodings) || /DELTA|SPLIT/.test(encodings)) return false;
  return bytes <= values * width * SHARE_AT_MOST;
}
