/** p-values adjusted for the false-discovery rate (Benjamini & Hochberg 1995), in the order given. */
export function adjustPValues(pValues: number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  order.forEach((index, place) => {
    const rank = pValues.length - place;
    smallest = Math.min(smallest, (pValues[index]! * pValues.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
