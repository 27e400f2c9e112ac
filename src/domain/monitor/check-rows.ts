import type { ObservationBatch, Observed, ObservedLabel, PostedProblem } from './observation-batch.ts';
import { parseTime } from './parse-time.ts';

export const OBSERVATION_LIMITS = {
  /** Observations and labels of a batch. */
  rows: 10_000,
  /** Inputs that occur in a batch. */
  columns: 500,
  nameLength: 128,
  idLength: 200,
  stringLength: 16_384,
  errorLength: 1_000,
  /** Different days (UTC) that a batch reaches over. */
  days: 31,
};
const MOST_PROBLEMS = 10;
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2000, 0, 1);

export type PostedContext = {
  /** epoch ms */
  now: number;
  /** Of a multiclass model: their names may be sent for their index. */
  classes?: readonly string[];
  /** The body has no escape with a code in it, so that its texts need not be searched for what no file can hold. */
  plain?: boolean;
};

type Row = Record<string, unknown>;

/** What is wrong with rows is collected, up to a few; what is answered for a wrong row means nothing. */
export function createRowCheck({ now, classes, plain = false }: PostedContext) {
  const problems: PostedProblem[] = [];
  const columns = new Map<string, string>();
  const days = new Set<number>();
  /** Of the row before: most have the same. */
  let namesBefore: string[] = [];
  const isFull = () => problems.length >= MOST_PROBLEMS;

  function complain(at: string, what: string, fix: string, index?: number) {
    if (!isFull()) problems.push({ at, ...(index !== undefined && { index }), problem: what, fix });
  }

  function text(value: unknown, most: number, at: string, index: number): string {
    if (typeof value === 'string' && value !== '' && value.length <= most && isClean(value)) return value;
    complain(at, 'is no text', `Text of 1 to ${most} characters without control characters`, index);
    return '';
  }

  function rowId(value: unknown, at: string, index: number): string {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    return text(value, OBSERVATION_LIMITS.idLength, `${at}.id`, index);
  }

  function time(value: unknown, at: string, index: number): number {
    const parsed = parseTime(value);
    if (parsed === undefined) {
      complain(at, 'is no time', 'Such as 2026-01-31T12:00:00Z, with its offset, or epoch milliseconds', index);
    } else if (parsed < FIRST || parsed > now + DAY_MS) {
      const which = parsed < FIRST ? 'before the year 2000' : 'more than a day ahead of the clock of the server';
      complain(at, `is ${which}`, 'Check the clock and the unit: numbers are milliseconds', index);
    }
    return parsed ?? 0;
  }

  function number(value: unknown, at: string, index: number): number {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    complain(at, 'is no number', 'A JSON number in the range of a double', index);
    return 0;
  }

  function known(row: Row, names: readonly string[], at: string, index: number) {
    for (const name of Object.keys(row)) {
      if (isFull()) return;
      if (!names.includes(name)) {
        const fix = `There are ${names.join(', ')}${names.includes('inputs') ? '; columns of the model go into inputs' : ''}`;
        complain(`${at}.${shown(name)}`, 'is unknown', fix, index);
      }
    }
  }

  function inputs(value: unknown, at: string, index: number): Observed['inputs'] {
    if (!isRow(value)) {
      complain(at, 'is no object', 'Send {"column": value, …}, {} where there are none', index);
      return {};
    }
    const names = Object.keys(value);
    const isNew = !hasSame(names, namesBefore);
    for (const name of names) {
      const problem = isNew && columns.get(name) !== name ? columnProblem(name) : undefined;
      if (problem) complain(`${at}.${shown(name)}`, ...problem, index);
      const wrong = valueProblem(value[name], plain);
      if (wrong) complain(`${at}.${shown(name)}`, ...wrong, index);
      if (isFull()) return {};
    }
    namesBefore = names;
    return value as Observed['inputs'];
  }

  function columnProblem(name: string): [string, string] | undefined {
    if (name === '' || name === '__proto__' || name.length > OBSERVATION_LIMITS.nameLength || !isClean(name)) {
      return ['is no name', `1 to ${OBSERVATION_LIMITS.nameLength} characters without control characters`];
    }
    const same = columns.get(name.toLowerCase());
    if (same !== undefined && same !== name) {
      return [`differs from ${shown(same)} in case only`, 'Call the column the same in all rows of a batch'];
    }
    columns.set(name.toLowerCase(), name);
    columns.set(name, name);
    // lower case and as it is written
    if (new Set(columns.values()).size > OBSERVATION_LIMITS.columns) {
      return ['is one column too many', `A batch has at most ${OBSERVATION_LIMITS.columns}`];
    }
    return undefined;
  }

  function prediction(row: Row, at: string, index: number): number | null {
    const value = row.prediction;
    if (value === undefined || value === null) {
      if (row.error === undefined)
        complain(`${at}.prediction`, 'is missing', 'Send a number; error where there was no answer', index);
      return null;
    }
    if (typeof value === 'string' && classes) {
      const found = classes.indexOf(value);
      if (found < 0) complain(`${at}.prediction`, 'is no class of the model', 'A name as the model declares it', index);
      return found;
    }
    return number(value, `${at}.prediction`, index);
  }

  function observation(row: unknown, at: string, index: number): Observed {
    if (isFull() || !isRow(row)) {
      if (!isRow(row)) complain(at, 'is no object', 'Send {"id", "timestamp", "inputs", "prediction"}', index);
      return { id: '', at: 0, inputs: {}, prediction: null };
    }
    known(row, OBSERVATION_NAMES, at, index);
    const observed: Observed = {
      id: rowId(row.id, at, index),
      at: time(row.timestamp, `${at}.timestamp`, index),
      inputs: inputs(row.inputs, `${at}.inputs`, index),
      prediction: prediction(row, at, index),
    };
    days.add(Math.floor(observed.at / DAY_MS));
    if (isGiven(row.version)) observed.version = text(row.version, OBSERVATION_LIMITS.idLength, `${at}.version`, index);
    if (isGiven(row.error)) observed.error = text(row.error, OBSERVATION_LIMITS.errorLength, `${at}.error`, index);
    if (isGiven(row.confidence)) {
      observed.confidence = number(row.confidence, `${at}.confidence`, index);
      if (observed.confidence < 0 || observed.confidence > 1)
        complain(`${at}.confidence`, 'is no probability', 'A number from 0 to 1', index);
    }
    if (isGiven(row.latencyMs)) {
      observed.latencyMs = number(row.latencyMs, `${at}.latencyMs`, index);
      if (observed.latencyMs < 0) complain(`${at}.latencyMs`, 'is negative', 'Milliseconds, from 0', index);
    }
    return observed;
  }

  function label(row: unknown, at: string, index: number): ObservedLabel {
    if (isFull() || !isRow(row)) {
      if (!isRow(row)) complain(at, 'is no object', 'Send {"id", "label"}', index);
      return { id: '', label: '' };
    }
    known(row, LABEL_NAMES, at, index);
    const value = row.label;
    const wrong = value === null || value === undefined ? NO_LABEL : valueProblem(value);
    if (wrong) complain(`${at}.label`, ...wrong, index);
    const parsed: ObservedLabel = { id: rowId(row.id, at, index), label: String(value) };
    if (isGiven(row.timestamp)) parsed.at = time(row.timestamp, `${at}.timestamp`, index);
    return parsed;
  }

  return {
    complain,
    isFull,
    observation,
    label,
    batchId(value: unknown): string {
      if (typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value)) return value;
      const what = value === undefined ? 'is missing' : 'is no id';
      complain('batch', what, '1 to 200 ASCII characters without spaces, such as a UUID; a repetition has the same');
      return '';
    },
    count(rows: number): boolean {
      if (rows > 0 && rows <= OBSERVATION_LIMITS.rows) return true;
      complain(
        'body',
        rows === 0 ? 'has no rows' : `has ${rows} rows`,
        `A batch has 1 to ${OBSERVATION_LIMITS.rows} observations and labels`,
      );
      return false;
    },
    refused: () => ({ problems }),
    answer(batch: ObservationBatch): ObservationBatch | { problems: PostedProblem[] } {
      if (days.size > OBSERVATION_LIMITS.days)
        complain('observations', `are of ${days.size} days`, `Send at most ${OBSERVATION_LIMITS.days} days in a batch`);
      return problems.length > 0 ? { problems } : batch;
    },
  };
}

const OBSERVATION_NAMES = [
  'id',
  'timestamp',
  'version',
  'inputs',
  'prediction',
  'confidence',
  'latencyMs',
  'error',
] as const;
const LABEL_NAMES = ['id', 'label', 'timestamp'] as const;
const NO_LABEL: [string, string] = ['is missing', 'A number, a text, true or false'];

function valueProblem(value: unknown, plain = false): [string, string] | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : ['is out of range', 'A number in the range of a double, or null'];
    case 'string': {
      if (value.length > OBSERVATION_LIMITS.stringLength)
        return ['is too long', `At most ${OBSERVATION_LIMITS.stringLength} characters`];
      return plain || isText(value) ? undefined : ['is no text', 'Unicode without NUL'];
    }
    case 'boolean':
      return undefined;
    default:
      return value === null ? undefined : ['is a list or an object', 'A number, a text, true, false or null'];
  }
}

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
/** JSON can write half of a character, which no file can hold. */
const isClean = (value: string): boolean => !/[\p{Cc}\p{Surrogate}]/u.test(value);
const isText = (value: string): boolean => !value.includes('\0') && !/\p{Surrogate}/u.test(value);
const shown = (name: string): string => JSON.stringify(name.slice(0, 60)).slice(1, -1);

function hasSame(names: string[], others: string[]): boolean {
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at += 1) if (names[at] !== others[at]) return false;
  return true;
}
