/** What the influences of the rows say about the spread of a metric. */
export type Spread = {
  standardError: number;
  /** Efron's acceleration: a sixth of the skewness of the sum. */
  acceleration: number;
};

/**
 * Infinitesimal jackknife. With groups the unit that is drawn is the group: its rows' influences add up.
 */
export function spreadOf(influence: Float64Array, groups?: Int32Array): Spread {
  const units = groups === undefined ? influence : groupSums(influence, groups);
  const count = units.length;
  let sum = 0;
  for (let unit = 0; unit < count; unit += 1) sum += units[unit] as number;
  const mean = sum / count;
  let squares = 0;
  let cubes = 0;
  for (let unit = 0; unit < count; unit += 1) {
    const deviation = (units[unit] as number) - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  return {
    standardError: count < 2 ? 0 : Math.sqrt((squares * count) / (count - 1)),
    acceleration: squares > 0 ? cubes / (6 * squares ** 1.5) : 0,
  };
}

/** candidate − champion, row by row. */
export function influenceDifference(candidate: Float64Array, champion: Float64Array): Float64Array {
  const difference = new Float64Array(candidate.length);
  for (let row = 0; row < difference.length; row += 1) {
    difference[row] = (candidate[row] as number) - (champion[row] as number);
  }
  return difference;
}

export function groupCount(groups: Int32Array): number {
  let most = -1;
  for (let row = 0; row < groups.length; row += 1) if ((groups[row] as number) > most) most = groups[row] as number;
  return most + 1;
}

function groupSums(influence: Float64Array, groups: Int32Array): Float64Array {
  const sums = new Float64Array(groupCount(groups));
  for (let row = 0; row < influence.length; row += 1) {
    const group = groups[row] as number;
    sums[group] = (sums[group] as number) + (influence[row] as number);
  }
  return sums;
}
