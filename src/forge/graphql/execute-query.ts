import { type Document, type Operation, QueryError, type Selection, type Value } from './parse-query.ts';

/**
 * What a query walks over: a plain object with its type's name, whose members are values or functions of the field's
 * arguments.
 */
export type Node = { __typename: string } & Record<string, unknown>;

export type GraphqlError = { type?: string; message: string; path?: (string | number)[] };

/** An error of one field, which is then null in the answer. */
export class FieldError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

type Variables = Record<string, unknown>;
type Args = Record<string, unknown>;
type Run = { document: Document; variables: Variables; errors: GraphqlError[] };

const evaluate = (value: Value, variables: Variables): unknown => {
  if (value.kind === 'literal') return value.value;
  if (value.kind === 'variable') return variables[value.name];
  if (value.kind === 'list') return value.items.map((item) => evaluate(item, variables));
  return evaluateAll(value.fields, variables);
};

const evaluateAll = (values: Record<string, Value>, variables: Variables): Args =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(value, variables)]));

const variablesOf = (operation: Operation, given: Variables): Variables => {
  const all: Variables = {};
  for (const { name, required, fallback } of operation.variables) {
    all[name] = given[name] ?? (fallback ? evaluate(fallback, {}) : null);
    if (required && all[name] === null) {
      throw new QueryError(`Variable $${name} of a non-null type was provided invalid value`);
    }
  }
  return all;
};

const included = ({ directives }: Selection, variables: Variables): boolean =>
  directives.every(({ name, args }) => {
    const condition = Boolean(evaluateAll(args, variables).if);
    return name === 'include' ? condition : name === 'skip' ? !condition : true;
  });

type FieldSelection = Extract<Selection, { kind: 'field' }>;

/** Fields that apply to a node, fragments opened. */
const fieldsFor = (run: Run, node: Node, selections: Selection[]): FieldSelection[] =>
  selections
    .filter((selection) => included(selection, run.variables))
    .flatMap((selection) => {
      if (selection.kind === 'field') return [selection];
      const fragment = selection.kind === 'inline' ? selection : run.document.fragments[selection.name];
      if (!fragment) throw new QueryError(`Fragment ${(selection as { name: string }).name} was used, but not defined`);
      const interfaces = (node.__interfaces ?? []) as string[];
      const applies = fragment.on === undefined || fragment.on === node.__typename || interfaces.includes(fragment.on);
      return applies ? fieldsFor(run, node, fragment.selections) : [];
    });

type Path = (string | number)[];

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).__typename === 'string';

const complete = async (run: Run, value: unknown, field: FieldSelection, path: Path): Promise<unknown> => {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return Promise.all(value.map((item, at) => complete(run, item, field, [...path, at])));
  if (!isNode(value)) return value;
  if (!field.selections) {
    throw new QueryError(`Field must have selections (field '${field.name}' returns ${value.__typename})`);
  }
  return select(run, value, field.selections, path);
};

const resolve = async (run: Run, node: Node, field: FieldSelection, path: Path): Promise<unknown> => {
  if (!(field.name in node)) {
    throw new QueryError(`Field '${field.name}' doesn't exist on type '${node.__typename}'`);
  }
  try {
    const member = node[field.name];
    const args = evaluateAll(field.args, run.variables);
    const value: unknown = typeof member === 'function' ? await (member as (args: Args) => unknown)(args) : member;
    return await complete(run, value, field, path);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    run.errors.push({ type: error.type, path, message: error.message });
    return null;
  }
};

const select = async (run: Run, node: Node, selections: Selection[], path: Path): Promise<Record<string, unknown>> => {
  const fields = fieldsFor(run, node, selections);
  // together, so that the objects that they read are read together
  const values = await Promise.all(fields.map((field) => resolve(run, node, field, [...path, field.alias])));
  const result: Record<string, unknown> = {};
  for (const [at, field] of fields.entries()) {
    const before = result[field.alias];
    const value = values[at];
    // the same field may be selected twice, with different parts of it
    result[field.alias] = isPlain(before) && isPlain(value) ? { ...before, ...value } : value;
  }
  return result;
};

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type QueryResult = { data?: Record<string, unknown>; errors?: GraphqlError[] };

export const executeQuery = async (
  document: Document,
  roots: { query: Node; mutation: Node },
  request: { operationName?: string | undefined; variables: Variables },
): Promise<QueryResult> => {
  const operation = request.operationName
    ? document.operations.find((each) => each.name === request.operationName)
    : document.operations[0];
  if (!operation) throw new QueryError('A query attribute must be specified and must be a string.');
  const run: Run = { document, variables: variablesOf(operation, request.variables), errors: [] };
  const data = await select(run, roots[operation.type], operation.selections, []);
  return { data, ...(run.errors.length > 0 ? { errors: run.errors } : {}) };
};
