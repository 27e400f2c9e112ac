import type { ColumnProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { columnSql, layGrids, profileColumns } from './profile-columns.ts';
import { quote, type Session, withSession } from './session.ts';

export type ProfilePair = {
  reference: { rows: number; columns: ColumnProfile[] };
  current: { rows: number; columns: ColumnProfile[] };
  /** Columns that are not compared: times always move, nested values have no order. */
  leftOut: string[];
};

/**
 * Profiles two files (Parquet, CSV or JSON lines, by their names' endings) on grids over the first; columns that the
 * second lacks are left out of its part. AppError config/invalid-input when one cannot be read.
 */
export async function profilePair(referenceFile: string, currentFile: string): Promise<ProfilePair> {
  return withSession(async (session) => {
    const reference = await describe(session, referenceFile);
    const current = await describe(session, currentFile);
    const compared = [...reference.columns].flatMap(([as, type]) => {
      const kind = kindOf(type);
      return kind === undefined ? [] : [{ as, sql: columnSql(as), kind }];
    });
    const grids = await layGrids(session, reference.source, compared);
    const there = grids.filter(({ as }) => current.columns.has(as));
    return {
      reference: {
        rows: await countRows(session, reference.source),
        columns: await profileColumns(session, reference.source, grids),
      },
      current: {
        rows: await countRows(session, current.source),
        columns: await profileColumns(session, current.source, there),
      },
      leftOut: [...reference.columns.keys()].filter((name) => !compared.some(({ as }) => as === name)),
    };
  });
}

async function describe(session: Session, file: string): Promise<{ source: string; columns: Map<string, string> }> {
  const source = sourceOf(file);
  try {
    const rows = await session.query(
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${source})`,
    );
    return { source, columns: new Map(rows.map((row) => [String(row.name), String(row.type)])) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new AppError('config/invalid-input', `Reading ${file}: ${reason}`, { cause });
  }
}

function sourceOf(file: string): string {
  if (/\.csv(\.gz)?$/i.test(file)) return `read_csv(${quote(file)})`;
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(file)) return `read_json(${quote(file)}, format = 'newline_delimited')`;
  return `read_parquet(${quote(file)})`;
}

function kindOf(type: string): 'numeric' | 'categorical' | undefined {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(type)) return 'numeric';
  return /^(VARCHAR|BOOLEAN|UUID|ENUM\(.*\))$/.test(type) ? 'categorical' : undefined;
}

async function countRows(session: Session, source: string): Promise<number> {
  const [row] = await session.query(`SELECT count(*) AS n FROM ${source}`);
  return Number(row?.n ?? 0);
}
