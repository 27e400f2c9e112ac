/** As many as can be told apart in a picture. */
const SHOWN = 16;

/** The classes that are confused most, in their order; all others as one. */
export function foldedConfusion(
  classes: string[],
  counts: number[][],
): { classes: string[]; counts: number[][]; hidden: number } {
  if (classes.length <= SHOWN) return { classes, counts, hidden: 0 };
  const errors = classes.map(() => 0);
  counts.forEach((row, truth) => {
    row.forEach((rows, decided) => {
      if (truth === decided) return;
      errors[truth] = (errors[truth] ?? 0) + rows;
      errors[decided] = (errors[decided] ?? 0) + rows;
    });
  });
  const kept = classes
    .map((_, at) => at)
    .sort((a, b) => (errors[b] as number) - (errors[a] as number) || a - b)
    .slice(0, SHOWN - 1)
    .sort((a, b) => a - b);
  const place = classes.map(() => kept.length);
  kept.forEach((at, position) => {
    place[at] = position;
  });
  const folded = Array.from({ length: kept.length + 1 }, () => new Array<number>(kept.length + 1).fill(0));
  counts.forEach((row, truth) => {
    row.forEach((rows, decided) => {
      const to = folded[place[truth] as number] as number[];
      to[place[decided] as number] = (to[place[decided] as number] as number) + rows;
    });
  });
  const hidden = classes.length - kept.length;
  return { classes: [...kept.map((at) => classes[at] as string), `${hidden} others`], counts: folded, hidden };
}
