/**
 * Orders names that are alike but for their runs of digits, number by number: `v9` is before `v10`, `2001-12` before
 * `2002-01`, and `v07` is `v7`. Negative, 0 or positive as for sorting; undefined where other letters differ.
 */
export function compareVersions(one: string, other: string): number | undefined {
  const [mine, theirs] = [partsOf(one), partsOf(other)];
  if (mine.letters !== theirs.letters) return undefined;
  const orders = mine.numbers.map((number, index) => compareNumbers(number, theirs.numbers[index]!));
  return orders.find((order) => order !== 0) ?? 0;
}

function partsOf(name: string): { letters: string; numbers: string[] } {
  return { letters: name.replace(/\d+/g, '0'), numbers: name.match(/\d+/g) ?? [] };
}

/** Of any length: digests and times in nanoseconds are more than a double can tell apart. */
function compareNumbers(one: string, other: string): number {
  const [mine, theirs] = [one, other].map((digits) => digits.replace(/^0+/, ''));
  if (mine!.length !== theirs!.length) return mine!.length - theirs!.length;
  return mine! < theirs! ? -1 : mine! > theirs! ? 1 : 0;
}
