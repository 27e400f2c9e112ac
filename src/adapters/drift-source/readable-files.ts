import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { quote, type Session } from './session.ts';

export type Malformed = { file: string; reason: string };
export type ReadableFiles = {
  /** Those whose footer is sound and has the columns; what is wrong with the others. */
  check(session: Session, files: string[], columns: string[]): Promise<{ good: string[]; malformed: Malformed[] }>;
  /** Reads every value of each file; those that cannot be read are malformed from now on. */
  checkDeeply(session: Session, files: string[]): Promise<void>;
};

/** Remembers verdicts by path, size and time, so that a log of many files is looked at once. */
export function createReadableFiles(root: string): ReadableFiles {
  const known = new Map<string, { stamp: string; reason?: string }>();

  async function stampOf(file: string): Promise<string> {
    const { size, mtimeMs } = await stat(file);
    return `${size}/${mtimeMs}`;
  }

  async function judge(session: Session, file: string, columns: string[]): Promise<string | undefined> {
    try {
      const rows = await session.query(`SELECT name FROM parquet_schema(${quote(file)})`);
      const names = new Set(rows.map((row) => String(row.name)));
      const missing = columns.filter((column) => !names.has(column));
      return missing.length > 0 ? `it has no column ${missing.join(', ')}` : undefined;
    } catch (error) {
      return firstLine(error);
    }
  }

  return {
    async check(session, files, columns) {
      const good: string[] = [];
      const malformed: Malformed[] = [];
      for (const file of files) {
        const stamp = await stampOf(file);
        let verdict = known.get(file);
        if (verdict?.stamp !== stamp) {
          const reason = await judge(session, file, columns);
          verdict = { stamp, ...(reason === undefined ? {} : { reason }) };
          known.set(file, verdict);
        }
        if (verdict.reason === undefined) good.push(file);
        else malformed.push({ file: path.relative(root, file), reason: verdict.reason });
      }
      return { good, malformed };
    },
    async checkDeeply(session, files) {
      for (const file of files) {
        try {
          await session.query(`SELECT max(hash(t)) FROM read_parquet(${quote(file)}) t`);
        } catch (error) {
          known.set(file, { stamp: await stampOf(file), reason: firstLine(error) });
        }
      }
    },
  };
}

/** `part-….parquet` files of a folder in the order of their names; none when there is no folder. */
export async function parquetFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^[^.].*\.parquet$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);
}
