/**
 * Writes ONNX files by hand, sound and broken ones: protocol buffers with the field numbers of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

export type Dim = number | string;
type Part = Buffer;

const ELEMENTS = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, float64: 11 };
export type Element = keyof typeof ELEMENTS;

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const key = (field: number, wire: number) => varint((field << 3) | wire);
const int = (field: number, value: number | bigint): Part => Buffer.concat([key(field, 0), varint(value)]);
const bytes = (field: number, value: Buffer): Part => Buffer.concat([key(field, 2), varint(value.length), value]);
const text = (field: number, value: string): Part => bytes(field, Buffer.from(value));
const message = (field: number, parts: Part[]): Part => bytes(field, Buffer.concat(parts));

/** An input or output; `dims` absent: of any shape. Names of sizes are free ones. */
export function value(name: string, type: Element, dims?: Dim[]): Part[] {
  const sizes = dims?.map((dim) => message(1, [typeof dim === 'number' ? int(1, dim) : text(2, dim)]));
  const tensor = [int(1, ELEMENTS[type]), ...(sizes === undefined ? [] : [message(2, sizes)])];
  return [text(1, name), message(2, [message(1, tensor)])];
}

/** `content`: the raw bytes, texts, or where the bytes are. */
export function tensor(
  name: string,
  type: Element,
  dims: (number | bigint)[],
  content: Buffer | { strings: string[] } | { location: string; length: number },
): Part[] {
  const sizes = dims.map((dim) => int(1, dim));
  const entry = (name: string, content: string) => message(13, [text(1, name), text(2, content)]);
  const data = Buffer.isBuffer(content)
    ? [bytes(9, content)]
    : 'strings' in content
      ? content.strings.map((one) => text(6, one))
      : [entry('location', content.location), entry('length', String(content.length)), int(14, 1)];
  return [...sizes, int(2, ELEMENTS[type]), text(8, name), ...data];
}

export const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
export const integers = (...values: (number | bigint)[]): Buffer =>
  Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer);

type Attribute = number | number[] | { tensor: Part[] } | { graph: Part[] };

/** Numbers are whole. */
export function node(
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Attribute> = {},
  domain = '',
): Part[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${outputs[0]}_node`),
    text(4, operator),
    ...Object.entries(attributes).map(([name, content]) => message(5, [text(1, name), ...attributeParts(content)])),
    text(7, domain),
  ];
}

function attributeParts(content: Attribute): Part[] {
  if (typeof content === 'number') return [int(3, content), int(20, 2)];
  if (Array.isArray(content)) return [...content.map((one) => int(8, one)), int(20, 7)];
  if ('tensor' in content) return [message(5, content.tensor), int(20, 4)];
  return [message(6, content.graph), int(20, 5)];
}

export type Graph = {
  nodes: Part[][];
  inputs: Part[][];
  outputs: Part[][];
  constants?: Part[][];
};

export function graph({ nodes, inputs, outputs, constants = [] }: Graph): Part[] {
  return [
    ...nodes.map((parts) => message(1, parts)),
    text(2, 'graph'),
    ...constants.map((parts) => message(5, parts)),
    ...inputs.map((parts) => message(11, parts)),
    ...outputs.map((parts) => message(12, parts)),
  ];
}

export function onnxModel(content: Graph, opset = 13): Buffer {
  return Buffer.concat([int(1, 8), message(7, graph(content)), message(8, [text(1, ''), int(2, opset)])]);
}
