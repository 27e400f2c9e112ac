/** Which columns go into which input of a model: by name one each, what is left as the columns of a matrix. */
import type { SignatureInput } from '../../domain/spec/valid.ts';
import type { ElementType } from './element-values.ts';
import { invalid } from './invalid.ts';

/** `dims`: undefined where the model leaves a size free. */
export type ModelInput = { name: string; type: string; dims: readonly (number | undefined)[] };

/** `shape`: of one row, as the model wants it. Of a matrix the columns in the order of the signature. */
export type Feed = { name: string; type: ElementType; shape: readonly number[]; columns: readonly SignatureInput[] };

/** AppError config/model-invalid that names everything that does not fit, not only the first. */
export function planFeeds(
  takes: readonly ModelInput[],
  inputs: readonly SignatureInput[],
  types: readonly string[],
): Feed[] {
  const named = new Map(inputs.map((input) => [input.name, input]));
  const matched = takes.filter(({ name }) => named.has(name)).map(({ name }) => name);
  const rest = inputs.filter(({ name }) => !matched.includes(name));
  const problems: string[] = [];
  const feeds = takes.map((take): Feed => {
    const own = named.get(take.name);
    const columns = own === undefined ? rest.filter((input) => isText(input) === (take.type === 'string')) : [own];
    const problem = typeProblem(take, columns, types) ?? (own === undefined ? matrixProblem(take, columns) : undefined);
    const shape = own === undefined ? [columns.length] : rowShape(take, own);
    if (problem !== undefined) problems.push(problem);
    else if (typeof shape === 'string') problems.push(shape);
    return { name: take.name, type: take.type as ElementType, shape: typeof shape === 'string' ? [] : shape, columns };
  });
  problems.push(...leftOver(takes, rest, matched));
  if (problems.length > 0) throw misfit(takes, inputs, problems);
  return feeds;
}

function typeProblem({ name, type, dims }: ModelInput, columns: readonly SignatureInput[], types: readonly string[]) {
  if (!types.includes(type)) return `input ${name} is ${type}, which cannot be fed`;
  if (dims.length === 0) return `input ${name} has no dimension for the rows`;
  if (dims[0] !== undefined) {
    return `input ${name} takes exactly ${dims[0]} rows at once: export the model with a free first dimension`;
  }
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && isText(only) !== (type === 'string')) {
    return `input ${name} is ${type} in the model and ${only.type} in the signature`;
  }
  return undefined;
}

function matrixProblem({ name, dims }: ModelInput, columns: readonly SignatureInput[]): string | undefined {
  const [, width] = dims;
  const list = columns.map((input) => input.name).join(', ');
  if (columns.length === 0) return `nothing of the signature is left for input ${name}`;
  const tensor = columns.find((input) => input.shape !== undefined);
  if (tensor !== undefined) return `${tensor.name} is a tensor and no input of the model bears its name`;
  if (dims.length !== 2) return `input ${name} is no matrix that could hold ${list}`;
  if (width === undefined || width === columns.length) return undefined;
  return `input ${name} has ${width} columns, the signature has ${columns.length} for it (${list})`;
}

/** What the signature gives that no input takes, or several could. */
function leftOver(takes: readonly ModelInput[], rest: readonly SignatureInput[], matched: readonly string[]): string[] {
  return [true, false].flatMap((text) => {
    const columns = rest.filter((input) => isText(input) === text);
    const matrices = takes.filter(({ name, type }) => !matched.includes(name) && (type === 'string') === text);
    if (columns.length > 0 && matrices.length === 0) {
      return [`the model has no input for ${columns.map((input) => input.name).join(', ')}`];
    }
    if (matrices.length < 2) return [];
    return [`which columns belong to ${matrices.map((take) => take.name).join(' and ')} cannot be told`];
  });
}

/** Sizes of 1 and flattening change nothing of the order in which the numbers lie; anything else does. */
function rowShape({ name, dims }: ModelInput, input: SignatureInput): number[] | string {
  const wanted = dims.slice(1);
  const given = input.shape ?? [];
  const size = product(given);
  const open = wanted.filter((one) => one === undefined).length;
  const fixed = product(wanted.map((one) => one ?? 1));
  const fill = wanted.length === given.length ? undefined : size / fixed;
  const shape = wanted.map((one, place) => one ?? fill ?? (given[place] as number));
  const [mine, its] = [given.filter((one) => one !== 1), shape.filter((one) => one !== 1)];
  const same = mine.length === its.length && mine.every((one, place) => one === its[place]);
  const flat = mine.length <= 1 || its.length <= 1;
  if (product(shape) === size && Number.isInteger(product(shape)) && (open < 2 || same) && (same || flat)) return shape;
  const has = given.length === 0 ? 'one value a row' : `a tensor [${given.join(', ')}] a row`;
  return `input ${name} takes [${['rows', ...wanted.map(sizeText)].join(', ')}], column ${input.column} has ${has}`;
}

function misfit(takes: readonly ModelInput[], inputs: readonly SignatureInput[], problems: string[]) {
  const model = takes.map(({ name, type, dims }) => `${name} ${type}[${dims.map(dimText).join(', ')}]`);
  const signature = inputs.map(({ name, type, shape }) => `${name} ${type}${shape ? `[${shape.join(', ')}]` : ''}`);
  return invalid(
    `its inputs do not fit the signature: ${problems.join('; ')}. The model takes ${model.join(', ') || 'nothing'}; ` +
      `the signature gives ${signature.join(', ')}. An input takes the column of its name, a matrix all others in their order`,
  );
}

const isText = (input: SignatureInput) => input.type === 'string';
const product = (sizes: readonly number[]) => sizes.reduce((all, one) => all * one, 1);
const sizeText = (size: number | undefined) => (size === undefined ? 'any' : String(size));
const dimText = (size: number | undefined, place: number) =>
  size === undefined && place === 0 ? 'rows' : sizeText(size);
