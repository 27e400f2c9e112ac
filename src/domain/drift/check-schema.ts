import type { QualityInput } from './quality-input.ts';
import { rowsOfOthers } from './rows-of-others.ts';
import type { QualityFinding } from './verdict.ts';

/** Part of the rows without the column from which on one window is enough, and from which on it is more than an oddity. */
const MOST = 0.5;
const MANY = 0.01;

/**
 * Columns that only some of the rows have, as far as rows of other versions do not explain it, and columns whose type is another than before, or differs between files.
 * Types of one family (BIGINT and DOUBLE) are no other type. A column that is gone from all of them is told by the
 * comparison of columns.
 */
export function checkSchema({ reference, profile, version, trailing }: QualityInput): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const observed = new Map(profile.columns.map((column) => [column.column, column]));
  const others = rowsOfOthers(profile, version);
  for (const { column, measure } of reference.columns) {
    const rows = observed.get(column)?.rows ?? 0;
    const absent = profile.rows - rows;
    if (measure.of !== 'value' || rows === 0 || absent <= others) continue;
    const part = absent / profile.rows;
    const text = `${column}: files with ${(100 * part).toFixed(1)} % of the rows have no such column`;
    findings.push({ check: 'schema', level: part >= MOST ? 'severe' : part >= MANY ? 'bad' : 'note', column, text });
  }
  const before = new Map(trailing.flatMap(({ types }) => types));
  for (const [column, types] of profile.types) {
    const families = familiesOf(types);
    const usual = familiesOf(before.get(column) ?? []);
    if (usual.length === 1 && families.some((family) => family !== usual[0])) {
      const text = `${column}: its type is ${types.join(' and ')} now, it was ${before.get(column)!.join(' and ')}`;
      findings.push({ check: 'schema', level: 'severe', column, text });
    } else if (families.length > 1) {
      const text = `${column}: files disagree on its type: ${types.join(', ')}`;
      findings.push({ check: 'schema', level: usual.length > 1 ? 'note' : 'bad', column, text });
    }
  }
  return findings;
}

const FAMILIES: [RegExp, string][] = [
  [/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|REAL|DOUBLE|DECIMAL.*|BIGNUM)$/i, 'number'],
  [/^(VARCHAR|CHAR.*|TEXT|STRING|UUID|ENUM.*|JSON)$/i, 'text'],
  [/^BOOL(EAN)?$/i, 'boolean'],
  [/^(TIMESTAMP.*|DATE|TIME.*|INTERVAL)$/i, 'time'],
];

/** As DuckDB names types; a column of nothing but NULL has no family. */
function familiesOf(types: string[]): string[] {
  const known = types.filter((type) => !/^"?NULL"?$/i.test(type));
  return [...new Set(known.map((type) => FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? type))];
}
