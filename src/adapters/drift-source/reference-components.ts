import { covariance, leadingEigen } from '../../domain/drift/principal-components.ts';
import type { Measure } from '../../domain/drift/profile.ts';
import { type NamedColumns, numberSql } from './measure-sql.ts';
import { everyRow } from './reference-grids.ts';
import { identifier, type Session } from './session.ts';

/** Directions are known well enough of so many rows. */
const FIT_ROWS = 50_000;
const VECTOR_ROWS = 5_000;
const EXPLAINED = 0.8;
/** More of either and each row costs more than all of its columns together. */
const MOST_COLUMNS = 40;
const MOST_COMPONENTS = 8;
const LONGEST_VECTOR = 2048;
const FEWEST_ROWS = 100;

/** Rows of a numbered file by the parity of their place: components are fitted on one half, their error is seen on the other. */
export function half(relation: string, which: 0 | 1): string {
  return `(SELECT * FROM ${relation} WHERE file_row_number % 2 = ${which})`;
}

/** Undefined with fewer than 3 columns that vary. */
export async function fitReconstruction(
  session: Session,
  relation: string,
  total: number,
  columns: string[],
  named: NamedColumns,
): Promise<Extract<Measure, { of: 'reconstruction' }> | undefined> {
  const values = columns.slice(0, MOST_COLUMNS).map((column) => {
    const name = named.nameOf(column);
    return numberSql(identifier(name), named.types.get(name) ?? '');
  });
  if (values.length < 3 || total < FEWEST_ROWS) return undefined;
  const sample = everyRow(half(relation, 0), total, 2 * FIT_ROWS);
  const read = await session.columns(`SELECT ${values.join(', ')} FROM ${sample} ORDER BY file_row_number`);
  const standardised = read.flatMap((numbers, place) => {
    const { mean, deviation } = spread(numbers as (number | null)[]);
    if (!(deviation > 0 && Number.isFinite(deviation))) return [];
    const z = Float64Array.from(numbers as (number | null)[], (x) =>
      x !== null && Number.isFinite(x) ? (x - mean) / deviation : 0,
    );
    return [{ column: columns[place] as string, mean, deviation, z }];
  });
  if (standardised.length < 3) return undefined;
  const { matrix } = covariance(standardised.map(({ z }) => z));
  const { values: variances, vectors } = leadingEigen(matrix, MOST_COMPONENTS);
  const trace = matrix.reduce((sum, row, i) => sum + (row[i] as number), 0);
  return {
    of: 'reconstruction',
    columns: standardised.map(({ column, mean, deviation }) => ({ column, mean, deviation })),
    components: vectors.slice(0, enough(variances, trace, standardised.length)),
  };
}

/** As many as explain four fifths, and never all: then there would be no error to watch. */
function enough(variances: number[], trace: number, columns: number): number {
  let [count, sum] = [0, 0];
  while (count < variances.length && sum < EXPLAINED * trace) sum += variances[count++] as number;
  return Math.min(count, columns - 1);
}

/** The first principal components of an embedding; none when its rows have no common length. */
export async function fitComponents(
  session: Session,
  relation: string,
  total: number,
  column: string,
  named: NamedColumns,
  count: number,
): Promise<Extract<Measure, { of: 'component' }>[]> {
  const name = identifier(named.nameOf(column));
  const [vectors = []] = await session.columns(
    `SELECT CAST(${name} AS DOUBLE[]) FROM ${everyRow(relation, total, VECTOR_ROWS)} WHERE ${name} IS NOT NULL
     ORDER BY file_row_number`,
  );
  const size = (vectors[0] as unknown[] | undefined)?.length ?? 0;
  const whole = (vectors as number[][]).filter(
    (one) => one.length === size && one.every((x) => Number.isFinite(x ?? Number.NaN)),
  );
  if (size < 2 || size > LONGEST_VECTOR || whole.length < FEWEST_ROWS) return [];
  const { mean, matrix } = covariance(
    Array.from({ length: size }, (_, i) => Float64Array.from(whole, (one) => one[i] as number)),
  );
  const { values, vectors: weights } = leadingEigen(matrix, count);
  return weights
    .filter((_, k) => (values[k] as number) > 0)
    .map((one) => ({ of: 'component', column, mean, weights: one }));
}

function spread(numbers: (number | null)[]): { mean: number; deviation: number } {
  const finite = numbers.filter((x): x is number => x !== null && Number.isFinite(x));
  const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
  const squares = finite.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (finite.length - 1)) };
}
