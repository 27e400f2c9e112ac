import type { Grid } from '../../domain/drift/make-profile.ts';
import type { Measure } from '../../domain/drift/profile.ts';
import { double, identifier, quote } from './session.ts';

/** Of a relation: the names it has for the columns of a dataset, and DuckDB's types of all its columns. */
export type NamedColumns = { nameOf(column: string): string; types: Map<string, string> };

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|BOOLEAN)$/;

/**
 * SQL of a measure: DOUBLE for a numeric grid, VARCHAR for a categorical one; `words` gives several rows or none for one.
 * What is no number is NaN. Undefined when the relation has none of its columns.
 */
export function measureSql(measure: Measure, kind: Grid['kind'], named: NamedColumns): string | undefined {
  if (measure.of === 'reconstruction') return reconstructionSql(measure, named);
  const name = named.nameOf(measure.column);
  const type = named.types.get(name);
  if (type === undefined) return undefined;
  const column = identifier(name);
  switch (measure.of) {
    case 'value':
      return kind === 'numeric' ? numberSql(column, type) : textSql(column, type);
    case 'length':
      return `CAST(length(${textSql(column, type)}) AS DOUBLE)`;
    case 'words':
      return `unnest(list_distinct(regexp_extract_all(lower(${textSql(column, type)}), '[\\p{L}\\p{N}]+')))`;
    case 'norm':
      return vectorSql(column, type, undefined, (list) => `sqrt(list_inner_product(${list}, ${list}))`);
    case 'component': {
      const offset = measure.weights.reduce((sum, weight, i) => sum + weight * (measure.mean[i] as number), 0);
      const weights = `[${measure.weights.map(double).join(', ')}]`;
      return vectorSql(
        column,
        type,
        measure.weights.length,
        (list) => `list_inner_product(${list}, ${weights}) - ${double(offset)}`,
      );
    }
  }
}

export function numberSql(column: string, type: string): string {
  if (NUMBER.test(type)) return `CAST(${column} AS DOUBLE)`;
  const read = type === 'VARCHAR' ? `coalesce(TRY_CAST(${column} AS DOUBLE), 'nan'::DOUBLE)` : `'nan'::DOUBLE`;
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE ${read} END`;
}

/** As JavaScript would write it: a whole number has no decimal point, whatever the type it comes in. */
export function textSql(column: string, type: string): string {
  if (type === 'VARCHAR') return column;
  if (!/^(FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return `CAST(${column} AS VARCHAR)`;
  const whole = `abs(${column}) < 1e15 AND ${column} = trunc(${column})`;
  return `CASE WHEN ${whole} THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}

/** A list with gaps, or of another length than `size`, has no measure. */
function vectorSql(column: string, type: string, size: number | undefined, of: (list: string) => string): string {
  if (!/\[\d*\]$/.test(type) || /\[\d*\]\[\d*\]$/.test(type)) {
    return `CASE WHEN ${column} IS NULL THEN NULL ELSE 'nan'::DOUBLE END`;
  }
  // list_inner_product refuses gaps, even those of rows that it is not asked about.
  const list = `list_transform(CAST(${column} AS DOUBLE[]), gap -> coalesce(gap, 'nan'::DOUBLE))`;
  const odd = size === undefined ? `len(${column}) = 0` : `len(${column}) <> ${size}`;
  return `CASE WHEN ${column} IS NULL THEN NULL WHEN ${odd} THEN 'nan'::DOUBLE ELSE ${of(list)} END`;
}

/** Orthonormal components: what they do not explain is Σ z² − Σ (component · z)². */
function reconstructionSql(
  { columns, components }: Extract<Measure, { of: 'reconstruction' }>,
  named: NamedColumns,
): string | undefined {
  const standardised = columns.map(({ column, mean, deviation }) => {
    const type = named.types.get(named.nameOf(column));
    if (type === undefined) return undefined;
    const value = numberSql(identifier(named.nameOf(column)), type);
    return `CASE WHEN isfinite(${value}) THEN (${value} - ${double(mean)}) / ${double(deviation)} ELSE 0::DOUBLE END`;
  });
  if (standardised.every((sql) => sql === undefined)) return undefined;
  // Written out each time and computed once: a lambda over it, or a subquery, takes three times as long.
  const z = `[${standardised.map((sql) => sql ?? '0::DOUBLE').join(', ')}]`;
  const explained = components.map(
    (weights) => `power(list_inner_product(${z}, [${weights.map(double).join(', ')}]), 2)`,
  );
  // Rounding may take the error of what is explained in full below 0.
  return `greatest(0::DOUBLE, list_inner_product(${z}, ${z}) - (${explained.join(' + ') || '0'}))`;
}

/** The place of a class for its name; a number is that place already. */
export function classSql(column: string, type: string, classes: string[]): string {
  if (type !== 'VARCHAR') return textSql(column, type);
  const place = `list_position([${classes.map(quote).join(', ')}], ${column})`;
  return `coalesce(CAST(${place} - 1 AS VARCHAR), ${column})`;
}
