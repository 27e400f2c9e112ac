import { countCombinations } from '../sweep/param-points.ts';
import { PARAM_PATTERN } from './param-name.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { ModelSweepParam as RawParam, ModelSweep as RawSweep } from './schema-types.ts';
import { show, showList } from './show.ts';
import type { Sweep, SweepParam } from './valid.ts';

const MAX_TRIALS = 1000;
const AT: Pointer = ['train', 'sweep'];

/** The form of the schema is there already; here is what it cannot say. */
export function toSweep(raw: RawSweep, report: Report): Sweep {
  const params = Object.fromEntries(
    Object.entries(raw.params).flatMap(([name, param]) => {
      checkName(name, [...AT, 'params', name], report);
      const valid = toParam(name, param, [...AT, 'params', name], report);
      return valid ? [[name, valid] as const] : [];
    }),
  );
  const search = raw.search ?? { type: 'grid' };
  const halving = raw.halving && { factor: 2, ...raw.halving };
  const sweep: Sweep = {
    metric: raw.metric,
    goal: raw.goal,
    params,
    search,
    ...(halving && { halving }),
    ...(raw.parallel !== undefined && { parallel: raw.parallel }),
  };
  if (search.type === 'grid') checkGrid(params, report);
  // With a parameter that is broken, the number of combinations means nothing.
  const whole = Object.keys(params).length === Object.keys(raw.params).length;
  const trials = whole ? checkSize(sweep, report) : undefined;
  if (halving) checkHalving(halving, raw, trials, report);
  return sweep;
}

function checkName(name: string, pointer: Pointer, report: Report): void {
  if (!PARAM_PATTERN.test(name)) {
    report.error(pointer, `${show(name)} is no parameter name: letters, digits, _ . -`, 'key');
  }
}

function toParam(name: string, raw: RawParam, pointer: Pointer, report: Report): SweepParam | undefined {
  const { values, ...range } = raw;
  if (values !== undefined) {
    const [other] = Object.keys(range);
    if (other !== undefined) {
      report.error([...pointer, other], `"${other}" does not belong beside "values": either a list or a range`, 'key');
    }
    const texts = values.map((value) => JSON.stringify(value));
    const twice = texts.findIndex((text, index) => texts.indexOf(text) < index);
    if (twice >= 0) report.error([...pointer, 'values', twice], `${show(texts[twice]!)} is there twice`);
    return { kind: 'values', values: values as Extract<SweepParam, { kind: 'values' }>['values'] };
  }
  const { min, max, step } = raw;
  if (min === undefined && max === undefined) {
    report.error(pointer, 'a swept parameter needs "values", or "min" and "max"', 'key');
    return undefined;
  }
  if (min === undefined || max === undefined) {
    report.error(pointer, `"${min === undefined ? 'min' : 'max'}" is missing`, 'key');
    return undefined;
  }
  const integer = checkType(raw, [min, max, ...(step === undefined ? [] : [step])], pointer, report);
  checkRange(name, { ...raw, min, max }, pointer, report);
  return {
    kind: 'range',
    min,
    max,
    ...(step !== undefined && { step }),
    integer,
    scale: raw.scale ?? 'linear',
  };
}

function checkType(raw: RawParam, numbers: number[], pointer: Pointer, report: Report): boolean {
  const whole = numbers.every(Number.isInteger);
  if (raw.type === 'integer' && !whole) {
    const fraction = (['min', 'max', 'step'] as const).find((key) => !Number.isInteger(raw[key] ?? 0))!;
    report.error([...pointer, fraction], `${raw[fraction]} is no whole number, and the type is integer`);
  }
  if (raw.type === undefined && whole && raw.step === undefined && numbers[1]! - numbers[0]! === 1) {
    const [min, max] = numbers;
    report.warning(pointer, `only ${min} and ${max} are tried; between them with "type: float"`, 'key');
  }
  return raw.type === undefined ? whole : raw.type === 'integer';
}

function checkRange(
  name: string,
  { min, max, step, scale }: RawParam & { min: number; max: number },
  pointer: Pointer,
  report: Report,
): void {
  if (min >= max) report.error([...pointer, 'min'], `min ${min} of ${name} is not below max ${max}`);
  else if (step !== undefined && step > max - min) {
    report.error([...pointer, 'step'], `step ${step} is more than the range from ${min} to ${max}`);
  }
  if (scale !== 'log') return;
  if (min <= 0) report.error([...pointer, 'min'], `a log scale needs a min above 0, not ${min}`);
  if (step !== undefined) report.error([...pointer, 'step'], 'steps are of equal size: none on a log scale', 'key');
}

function checkGrid(params: Sweep['params'], report: Report): void {
  for (const [name, param] of Object.entries(params)) {
    if (param.kind === 'values' || param.step !== undefined) continue;
    report.error(
      [...AT, 'params', name],
      `a grid needs "values" or "step" of ${name}; a range alone is for "search: {type: random, trials: …}"`,
      'key',
    );
  }
}

/** Answers how many trials there will be; undefined where that cannot be. */
function checkSize({ params, search }: Sweep, report: Report): number | undefined {
  const combinations = countCombinations(params);
  if (search.type === 'grid') {
    if (!Number.isFinite(combinations)) return undefined;
    if (combinations <= MAX_TRIALS) return combinations;
    const message = `the grid has ${combinations} combinations; at most ${MAX_TRIALS}. Fewer values, or a random search`;
    report.error([...AT, 'params'], message, 'key');
    return undefined;
  }
  const pointer = [...AT, 'search', 'trials'];
  if (search.trials > MAX_TRIALS) {
    report.error(pointer, `${search.trials} trials are too many: at most ${MAX_TRIALS}`);
    return undefined;
  }
  if (search.trials > combinations) {
    const message = `there are only ${combinations} combinations to draw ${search.trials} trials from: a grid tries all`;
    report.error(pointer, message);
    return undefined;
  }
  return search.trials;
}

function checkHalving(
  { param, min, max }: NonNullable<Sweep['halving']>,
  raw: RawSweep,
  trials: number | undefined,
  report: Report,
): void {
  const pointer = [...AT, 'halving'];
  checkName(param, [...pointer, 'param'], report);
  if (Object.hasOwn(raw.params, param)) {
    const message = `${param} is in sweep.params, too: halving sets it, from ${min} to ${max}`;
    report.error([...pointer, 'param'], message);
  }
  if (min >= max) report.error([...pointer, 'min'], `min ${min} is not below max ${max}`);
  if (trials === 1) {
    report.error(pointer, `one trial cannot be halved; params: ${showList(Object.keys(raw.params))}`, 'key');
  }
}
