import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** `github`, `env`, `steps`, … with plain values. */
export type Contexts = Record<string, unknown>;

/** How what came before went: what `success()`, `failure()` and `cancelled()` tell; after `skipped` none of them holds. */
export type Progress = 'success' | 'failure' | 'cancelled' | 'skipped';

const toData = (value: unknown): data.ExpressionData =>
  JSON.parse(JSON.stringify(value ?? null), data.reviver) as data.ExpressionData;

const fromData = (value: data.ExpressionData): unknown => JSON.parse(JSON.stringify(value, data.replacer)) as unknown;

const statusFunctions = (progress: Progress) => {
  const flag = (name: string, value: boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return [
    flag('success', progress === 'success'),
    flag('failure', progress === 'failure'),
    flag('cancelled', progress === 'cancelled'),
    flag('always', true),
  ];
};

const evaluateData = (expression: string, contexts: Contexts, progress: Progress): data.ExpressionData => {
  const functions = statusFunctions(progress);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({ key, value: toData(value) })),
  );
  return new Evaluator(tree, values, new Map(functions.map((each) => [each.name, each]))).evaluate();
};

// the text of an expression may hold quoted braces
const embedded = /\$\{\{((?:'(?:[^']|'')*'|[^'}]|\}(?!\}))*)\}\}/g;

/** Fills the `${{ }}` of a text; a text that is one expression alone keeps that one's type. */
export const interpolate = (text: string, contexts: Contexts): unknown => {
  const whole = /^\s*\$\{\{((?:'(?:[^']|'')*'|[^'}]|\}(?!\}))*)\}\}\s*$/.exec(text);
  if (whole) return fromData(evaluateData(whole[1] ?? '', contexts, 'success'));
  return text.replace(embedded, (_all, expression: string) =>
    evaluateData(expression, contexts, 'success').coerceString(),
  );
};

export const interpolateText = (text: unknown, contexts: Contexts): string => {
  if (typeof text !== 'string') return text === null || text === undefined ? '' : String(text);
  return text.replace(embedded, (_all, expression: string) =>
    evaluateData(expression, contexts, 'success').coerceString(),
  );
};

export const interpolateAll = (value: unknown, contexts: Contexts): unknown => {
  if (typeof value === 'string') return interpolate(value, contexts);
  if (Array.isArray(value)) return value.map((each) => interpolateAll(each, contexts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolateAll(each, contexts)]));
};

export const interpolateRecord = (
  record: Record<string, unknown> | undefined,
  contexts: Contexts,
): Record<string, string> =>
  Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, interpolateText(value, contexts)]));

const asksForStatus = (expression: string): boolean =>
  /\b(success|failure|cancelled|always)\s*\(/i.test(expression.replace(/'(?:[^']|'')*'/g, "''"));

/** Whether an `if:` lets its job or step run; without a status function it takes success too. */
export const holds = (condition: unknown, contexts: Contexts, progress: Progress): boolean => {
  if (condition === undefined || condition === null || condition === '') return progress === 'success';
  const text = String(condition);
  const whole = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text);
  const expression = (whole && !whole[1]?.includes('${{') ? whole[1] : text) ?? '';
  const value = evaluateData(expression, contexts, progress);
  const truth = fromData(value);
  const isTrue = Boolean(truth) && !Number.isNaN(truth);
  return asksForStatus(expression) ? isTrue : isTrue && progress === 'success';
};
