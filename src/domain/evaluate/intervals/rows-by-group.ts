import { groupCount } from './influence-spread.ts';

/** Indices of the rows, group after group. */
export function rowsByGroup(groups: Int32Array): Uint32Array {
  const next = new Uint32Array(groupCount(groups) + 1);
  for (const group of groups) next[group + 1] = (next[group + 1] as number) + 1;
  for (let group = 1; group < next.length; group += 1)
    next[group] = (next[group] as number) + (next[group - 1] as number);
  const order = new Uint32Array(groups.length);
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] as number;
    order[next[group] as number] = row;
    next[group] = (next[group] as number) + 1;
  }
  return order;
}
