import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import type { Json } from '../json.ts';
import { createRecentResults } from './recent-results.ts';
import { show } from './show.ts';
import type { SpecProblem } from './valid.ts';

export type Pointer = (string | number)[];
export type Position = { line: number; column: number; endLine: number };

/** A parsed file that still knows where each of its values stands. */
export type YamlSource = {
  path: string;
  value: Json;
  /** Of the value, or of its key; the nearest ancestor's when there is no such value. */
  position(pointer: Pointer, on?: 'key' | 'value'): Position;
};

export type YamlResult = { source?: YamlSource; problems: SpecProblem[] };

const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
const MAX_ALIASES = 64;

/** The same files are read again whenever something happens to a pull request. */
const recent = createRecentResults<YamlResult>(4 * MAX_BYTES);

/** Never throws: whatever is wrong with the text is a problem on its line. What it answers is frozen. */
export function readYaml(file: { path: string; text: string }): YamlResult {
  return recent.of(`${file.path}\n${file.text}`, () => frozen(parse(file)));
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) frozen(item);
  return value;
}

function parse(file: { path: string; text: string }): YamlResult {
  const problem = (message: string, at: Position): SpecProblem => ({ level: 'error', path: file.path, ...at, message });
  const start = { line: 1, column: 1, endLine: 1 };
  if (Buffer.byteLength(file.text) > MAX_BYTES) {
    return { problems: [problem(`the file is larger than ${MAX_BYTES / 1024} KiB`, start)] };
  }
  const lines = new LineCounter();
  const at = (from: number, to: number): Position => {
    const begin = lines.linePos(from);
    const end = lines.linePos(Math.max(from, to - 1));
    return { line: Math.max(1, begin.line), column: Math.max(1, begin.col), endLine: Math.max(1, end.line) };
  };
  try {
    // The library's own search for doubled keys takes quadratic time; `surveyProblems` does it in linear time.
    const documents = parseAllDocuments(file.text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    if (!Array.isArray(documents)) return { problems: [problem('the file is empty', start)] };
    const document = documents[0];
    if (!document) return { problems: [problem('the file is empty', start)] };
    if (documents.length > 1) {
      const second = documents[1]!.range?.[0] ?? 0;
      return {
        problems: [problem('one file declares one thing: a second document (---) is not allowed', at(second, second))],
      };
    }
    const syntax = [...document.errors, ...document.warnings].map((error) => problem(error.message, at(...error.pos)));
    if (syntax.length > 0) return { problems: syntax.slice(0, 20) };
    const survey = surveyProblems(document).map(({ message, node }) =>
      problem(message, at(node.range?.[0] ?? 0, node.range?.[1] ?? 0)),
    );
    if (survey.length > 0) return { problems: survey.slice(0, 20) };
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
    const position = (pointer: Pointer, on: 'key' | 'value' = 'value') => {
      const node = nodeAt(document, pointer, on);
      return node?.range ? at(node.range[0], node.range[1]) : start;
    };
    return { source: { path: file.path, value, position }, problems: [] };
  } catch (error) {
    // Alias bombs and nesting deeper than the stack end here.
    return {
      problems: [problem(`the file cannot be read: ${error instanceof Error ? error.message : 'unknown'}`, start)],
    };
  }
}

function surveyProblems(document: Document): { message: string; node: Node }[] {
  const found: { message: string; node: Node }[] = [];
  let aliases = 0;
  const walk = (node: unknown, depth: number): void => {
    if (found.length >= 20) return;
    if (isAlias(node) && ++aliases > MAX_ALIASES) found.push({ message: `more than ${MAX_ALIASES} aliases`, node });
    if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
      found.push({ message: 'a number must be finite', node });
    }
    if (!isMap(node) && !isSeq(node)) return;
    if (depth > MAX_DEPTH) {
      found.push({ message: `nested deeper than ${MAX_DEPTH} levels`, node });
      return;
    }
    const keys = new Set<string>();
    for (const item of node.items) {
      if (!isPair(item)) {
        walk(item, depth + 1);
        continue;
      }
      if (!isScalar(item.key))
        found.push({ message: 'a key must be a plain word', node: (item.key as Node | null) ?? node });
      else {
        const key = String(item.key.value);
        if (keys.has(key)) found.push({ message: `${show(key)} is given twice`, node: item.key });
        keys.add(key);
      }
      walk(item.value, depth + 1);
    }
  };
  walk(document.contents, 1);
  return found;
}

function nodeAt(document: Document, pointer: Pointer, on: 'key' | 'value'): Node | undefined {
  let node: Node | undefined = document.contents ?? undefined;
  let found: Node | undefined = node;
  for (const [index, step] of pointer.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) node = node.items[Number(step)] as Node | undefined;
    else if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair && on === 'key' && index === pointer.length - 1) return pair.key as Node;
      node = (pair?.value ?? pair?.key ?? undefined) as Node | undefined;
    } else node = undefined;
    if (!node) return found;
    found = node;
  }
  return found;
}
