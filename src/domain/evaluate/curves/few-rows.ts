/** A point or bin of a picture stands for as many rows at least: fewer would show single ones. */
export const FEW_ROWS = 10;

/** To six digits: more are not seen in a picture. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
