/** The arrays that runtimes take, by the name of their element type. */
import { toFloat16 } from './float16.ts';

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export type NumberType = keyof typeof ARRAYS;
export type ElementType = NumberType | 'string';
export type Elements = InstanceType<(typeof ARRAYS)[NumberType]>;

export const NUMBER_TYPES = Object.keys(ARRAYS) as NumberType[];

/** Lowest and highest whole number; absent where every number fits. 64 bits: those that a double tells apart. */
const RANGES: Partial<Record<NumberType, readonly [number, number]>> = {
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

export type Writer = {
  elements: Elements;
  /** Writes `values` at `from`, `from + step`, …; answers the first that the type cannot hold. */
  write(values: Float64Array | Uint8Array, from: number, step: number): number | undefined;
};

export function createWriter(type: NumberType, length: number): Writer {
  const elements = new ARRAYS[type](length);
  const range = RANGES[type];
  if (range === undefined) {
    const numbers = elements as Float64Array;
    const half = type === 'float16';
    return {
      elements,
      write(values, from, step) {
        if (step === 1 && !half) numbers.set(values, from);
        else
          for (let row = 0, at = from; row < values.length; row += 1, at += step)
            numbers[at] = half ? toFloat16(values[row] as number) : (values[row] as number);
        return undefined;
      },
    };
  }
  const put = type === 'int64' || type === 'uint64' ? wordWriter(elements) : plainWriter(elements as Int32Array);
  return {
    elements,
    write(values, from, step) {
      for (let row = 0, at = from; row < values.length; row += 1, at += step) {
        const value = values[row] as number;
        if (!(Number.isInteger(value) && value >= range[0] && value <= range[1])) return value;
        put(at, value);
      }
      return undefined;
    },
  };
}

function plainWriter(elements: Int32Array) {
  return (at: number, value: number) => {
    elements[at] = value;
  };
}

/** Two halves at a time: a bigint a value would cost twenty times as much. */
function wordWriter(elements: Elements) {
  const words = new Int32Array(elements.buffer);
  return (at: number, value: number) => {
    words[at * 2] = value | 0;
    words[at * 2 + 1] = Math.floor(value / 2 ** 32);
  };
}
