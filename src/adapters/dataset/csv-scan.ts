import type { Session } from './duckdb-session.ts';
import { quoteText } from './sql-text.ts';

/**
 * A CSV file as a table. How it is written DuckDB finds out by trying, again for every query; so it is asked once, and
 * what it answers is written out. Where that cannot be done each query finds out by itself, as it would have.
 */
export async function csvScan(session: Session, file: string): Promise<string> {
  const name = quoteText(file);
  const byItself = `read_csv(${name}, header = true, hive_partitioning = false)`;
  try {
    const [found] = await session.query(`SELECT Prompt, Columns FROM sniff_csv(${name}, header = true)`, 'reading CSV');
    const prompt = /^FROM (read_csv\(.*)\);$/s.exec(String(found?.Prompt))?.[1];
    // DuckDB puts names between single quotes as they are: one with a quote in it would be more than a name
    const names = (found?.Columns as { name: string }[] | undefined)?.map((column) => column.name);
    if (prompt === undefined || !names || [file, ...names].some((text) => text.includes("'"))) return byItself;
    const scan = `${prompt}, hive_partitioning = false)`;
    await session.query(`DESCRIBE SELECT * FROM ${scan}`, 'reading CSV');
    return scan;
  } catch {
    return byItself;
  }
}
