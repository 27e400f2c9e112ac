/** Sums over a set of rows, from which its mean and the error of that follow; sets are taken apart by subtraction. */
export type Moments = { rows: number; sum: number; squares: number };

export const NO_MOMENTS: Moments = { rows: 0, sum: 0, squares: 0 };

/** The mean in its standard errors; 0 of no rows. */
export function standing({ rows, sum, squares }: Moments): number {
  if (rows < 2 || sum === 0) return 0;
  const variance = Math.max(0, (squares - (sum * sum) / rows) / (rows - 1));
  return sum / Math.sqrt(rows * variance + Number.MIN_VALUE);
}

/** The difference of two means in its standard errors; 0 where one has no rows. */
export function standingApart(one: Moments, other: Moments): number {
  if (one.rows < 2 || other.rows < 2) return 0;
  const difference = one.sum / one.rows - other.sum / other.rows;
  return difference === 0 ? 0 : difference / Math.sqrt(errorOf(one) + errorOf(other) + Number.MIN_VALUE);
}

export function without(all: Moments, part: Moments): Moments {
  return { rows: all.rows - part.rows, sum: all.sum - part.sum, squares: all.squares - part.squares };
}

function errorOf({ rows, sum, squares }: Moments): number {
  return Math.max(0, squares - (sum * sum) / rows) / (rows - 1) / rows;
}
