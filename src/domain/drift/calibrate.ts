/** Probability of a score by the knots of `isotonic`: linear between them, constant beyond. */
export function calibrate(knots: readonly (readonly [number, number])[], score: number): number {
  let [low, high] = [0, knots.length - 1];
  if (high < 0) return score;
  if (score <= knots[0]![0]) return knots[0]![1];
  if (score >= knots[high]![0]) return knots[high]![1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle]![0] <= score) low = middle;
    else high = middle;
  }
  const [[x, y], [nextX, nextY]] = [knots[low]!, knots[high]!];
  return y + ((nextY - y) * (score - x)) / (nextX - x);
}
