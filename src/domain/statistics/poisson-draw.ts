/** A draw of the Poisson distribution; beyond a mean of 50 by its normal approximation, rounded. */
export function poissonDraw(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let draw = 0;
  for (let product = random(); product > limit; product *= random()) draw++;
  return draw;
}
