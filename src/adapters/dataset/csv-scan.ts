import { readFile, stat } from 'node:fs/promises';
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
    const known = (await isPlain(file)) ? `, delim = ',', quote = '"', escape = '"', comment = '', skip = 0` : '';
    const sniffed = `sniff_csv(${name}, header = true${known})`;
    const [found] = await session.query(`SELECT Prompt, Columns FROM ${sniffed}`, 'reading CSV');
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

const PLAIN_BYTES = 4 * 2 ** 20;
/** Nothing that could be read as a quote, an escape, a comment or another delimiter. */
const PLAIN_TEXT = /^[^"'\\#;|\t\r\0\ufeff]*$/;

/**
 * Lines of at least two values each, all equally many, with nothing but commas between them: there is one way to read
 * that, which spares DuckDB to try out some dozens.
 */
async function isPlain(file: string): Promise<boolean> {
  if ((await stat(file)).size > PLAIN_BYTES) return false;
  const text = await readFile(file, 'utf8');
  if (!PLAIN_TEXT.test(text)) return false;
  const [header, ...rows] = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const commas = (line: string) => line.split(',').length - 1;
  const expected = commas(header!);
  return expected > 0 && rows.length > 0 && rows.every((row) => commas(row) === expected);
}
