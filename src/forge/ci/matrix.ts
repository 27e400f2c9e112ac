type Combination = Record<string, unknown>;

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const product = (axes: [string, unknown[]][]): Combination[] =>
  axes.reduce<Combination[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );

const list = (value: unknown): Combination[] => (Array.isArray(value) ? (value as Combination[]) : []);

/** The combinations of `strategy.matrix` with `exclude` and `include`; one empty combination without a matrix. */
export const expandMatrix = (matrix: unknown): Combination[] => {
  if (typeof matrix !== 'object' || matrix === null) return [{}];
  const { include, exclude, ...rest } = matrix as Record<string, unknown>;
  const axes = Object.entries(rest).map(([name, values]): [string, unknown[]] => [
    name,
    Array.isArray(values) ? values : [values],
  ]);
  const originals = (axes.length > 0 ? product(axes) : []).filter(
    (combination) =>
      !list(exclude).some((out) => Object.entries(out).every(([name, value]) => same(combination[name], value))),
  );
  const all = originals.map((combination) => ({ ...combination }));
  for (const extra of list(include)) {
    // it joins every combination whose own values it does not change; if there is none it stands alone
    const fits = originals.flatMap((original, at) =>
      Object.entries(extra).every(([name, value]) => !(name in original) || same(original[name], value)) ? [at] : [],
    );
    for (const at of fits) Object.assign(all[at]!, extra);
    if (fits.length === 0) all.push({ ...extra });
  }
  return all;
};

export const matrixSuffix = (combination: Combination): string => {
  const values = Object.values(combination).map((value) =>
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  );
  return values.length > 0 ? ` (${values.join(', ')})` : '';
};
