import { type Document, isCollection, isMap, isNode, isScalar, type Node, parseDocument } from 'yaml';
import { AppError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Pointer } from './read-yaml.ts';

/**
 * Changes one value of a YAML text. Everything else stays as it is, to the byte where the value was there before.
 * Throws config/invalid-spec when the text cannot be parsed or a value on the way is no mapping or list.
 */
export function setInSpec(text: string, pointer: Pointer, value: Json): string {
  const document = parse(text, pointer);
  for (const spliced of [replaced(text, document, pointer, value), added(text, document, pointer, value)]) {
    if (spliced !== undefined && holds(spliced, pointer, value)) return spliced;
  }
  for (let depth = 1; depth < pointer.length; depth++) {
    const parent = document.getIn(pointer.slice(0, depth), true);
    if (parent !== undefined && !isCollection(parent)) {
      throw new AppError('config/invalid-spec', `changing ${pointer.join('.')}: ${pointer[depth - 1]} is no mapping`);
    }
  }
  document.setIn(pointer, document.createNode(value, { flow: true }));
  return document.toString({ lineWidth: 0 });
}

/** The dataset's text with another window. */
export function moveWindow(datasetText: string, window: { from: string; to: string }): string {
  return setInSpec(setInSpec(datasetText, ['window', 'from'], window.from), ['window', 'to'], window.to);
}

/**
 * The dataset's text with another file, or other content of the same, pinned. Throws config/invalid-input when what it pins
 * is neither of the two: what is newer was chosen for another dataset.
 */
export function pinFile(datasetText: string, { before, after }: { before: Pin; after: Pin }): string {
  const document = parse(datasetText, ['source']);
  const isPinned = ({ uri, sha256 }: Pin) =>
    document.getIn(['source', 'uri']) === uri && document.getIn(['source', 'sha256']) === sha256;
  if (isPinned(after)) return datasetText;
  if (!isPinned(before)) {
    throw new AppError('config/invalid-input', 'what the dataset pins was changed meanwhile; ask again');
  }
  const text = after.uri === before.uri ? datasetText : setInSpec(datasetText, ['source', 'uri'], after.uri);
  return setInSpec(text, ['source', 'sha256'], after.sha256);
}

type Pin = { uri: string; sha256: string };

/** The monitor's text with days of production as its reference. */
export function setReference(monitorText: string, { from, to }: { from: string; to: string }): string {
  if (!parse(monitorText, ['reference']).hasIn(['reference', 'from']))
    return setInSpec(monitorText, ['reference'], { from, to });
  return setInSpec(setInSpec(monitorText, ['reference', 'from'], from), ['reference', 'to'], to);
}

/** The model's text with other parameters; those not named stay. */
export function setParams(modelText: string, params: Record<string, Json>): string {
  const set = (text: string, [key, value]: [string, Json]): string => setInSpec(text, ['train', 'params', key], value);
  return Object.entries(params).reduce(set, modelText);
}

/** Those of the names that the model's sweep sets for each trial: their values in `train.params` mean nothing. */
export function sweptNames(modelText: string, names: readonly string[]): string[] {
  const document = parse(modelText, ['train', 'sweep']);
  const resource = document.getIn(['train', 'sweep', 'halving', 'param']);
  return names.filter((name) => name === resource || document.hasIn(['train', 'sweep', 'params', name]));
}

function parse(text: string, pointer: Pointer): Document {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length === 0) return document;
  throw new AppError('config/invalid-spec', `changing ${pointer.join('.')}: ${document.errors[0]!.message}`);
}

function holds(text: string, pointer: Pointer, value: Json): boolean {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0) return false;
  return JSON.stringify(document.getIn(pointer)) === JSON.stringify(document.createNode(value));
}

/** The text with another value in the place of the one there is. */
function replaced(text: string, document: Document, pointer: Pointer, value: Json): string | undefined {
  const before = document.getIn(pointer, true);
  if (!isNode(before) || !before.range || !isInline(before)) return undefined;
  const quoted = isScalar(before) && before.type === 'QUOTE_DOUBLE';
  return text.slice(0, before.range[0]) + inline(value, quoted) + text.slice(before.range[1]);
}

/** The text with the key added behind the last one of its mapping. */
function added(text: string, document: Document, pointer: Pointer, value: Json): string | undefined {
  const parent = document.getIn(pointer.slice(0, -1), true);
  const last = isMap(parent) && !parent.has(pointer.at(-1)) ? parent.items.at(-1) : undefined;
  if (!isMap(parent) || !isNode(last?.key) || !isNode(last.value) || !last.key.range || !last.value.range)
    return undefined;
  const entry = `${inline(String(pointer.at(-1)), false)}: ${inline(value, false)}`;
  const end = last.value.range[1];
  if (parent.flow) return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
  const start = last.key.range[0];
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const lineEnd = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
  return /^ *$/.test(indent) ? `${text.slice(0, lineEnd)}\n${indent}${entry}${text.slice(lineEnd)}` : undefined;
}

function isInline(node: Node): boolean {
  if (isCollection(node)) return node.flow === true;
  return isScalar(node) && node.type !== 'BLOCK_FOLDED' && node.type !== 'BLOCK_LITERAL';
}

function inline(value: Json, quoted: boolean): string {
  const write = (part: Json): string => {
    if (Array.isArray(part)) return `[${part.map(write).join(', ')}]`;
    if (part !== null && typeof part === 'object') {
      return `{ ${Object.entries(part)
        .map(([key, item]) => `${write(key)}: ${write(item)}`)
        .join(', ')} }`;
    }
    const plain = typeof part === 'string' && !quoted && /^[A-Za-z][A-Za-z0-9_-]*$/.test(part);
    return plain && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(part) ? part : JSON.stringify(part);
  };
  return write(value);
}
