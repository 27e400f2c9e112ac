/** Lines of `before` that are gone (-) and of `after` that are new (+), in order; the common ones are left out. */
export function lineDifference(before: string, after: string): string {
  const [from, to] = [before.split('\n'), after.split('\n')];
  // longest[i][j]: length of the longest common subsequence of from[i…] and to[j…].
  const longest = Array.from({ length: from.length + 1 }, () => new Uint32Array(to.length + 1));
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      longest[i]![j] =
        from[i] === to[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      i += 1;
      j += 1;
    } else if (j === to.length || (i < from.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      lines.push(`- ${from[i++]}`);
    } else {
      lines.push(`+ ${to[j++]}`);
    }
  }
  return lines.join('\n');
}
