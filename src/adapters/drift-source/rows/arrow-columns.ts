import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { DataType, type Schema, type Timestamp, TimeUnit, type Vector } from 'apache-arrow';

/** How a column of Arrow becomes one of DuckDB. `index`: in the record batch. */
export type ArrowColumn = {
  name: string;
  index: number;
  type: DuckDBType;
  read(vector: unknown, row: number): DuckDBValue;
};

/** Columns that numbers, texts, truths, times, and lists of numbers can be had from; others (maps, structs) are left out. */
export function arrowColumns(schema: Schema): ArrowColumn[] {
  return schema.fields.flatMap(({ name, type }, index) => {
    const reading = readingOf(type);
    if (!reading) return [];
    const read = (vector: unknown, row: number) => {
      const there = vector as Vector | null;
      const value = there?.get(row);
      return value === null || value === undefined ? null : reading.of(value, there!, row);
    };
    return [{ name, index, type: reading.type, read }];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a vector holds depends on its type, which is looked at first
type Reading = { type: DuckDBType; of(value: any, vector: Vector, row: number): DuckDBValue };

function readingOf(type: DataType): Reading | undefined {
  if (DataType.isDictionary(type)) return readingOf(type.dictionary);
  if (DataType.isInt(type)) return { type: BIGINT, of: (value) => BigInt.asIntN(64, BigInt(value)) };
  if (DataType.isFloat(type)) return { type: DOUBLE, of: Number };
  if (DataType.isDecimal(type)) return { type: DOUBLE, of: (value: Uint32Array) => decimal(value, type.scale) };
  if (DataType.isBool(type)) return { type: BOOLEAN, of: Boolean };
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return { type: VARCHAR, of: String };
  if (DataType.isTimestamp(type)) return timestamp(type);
  // Days and milliseconds both come as milliseconds; a day is local, as is a time without a zone.
  if (DataType.isDate(type))
    return { type: TIMESTAMP, of: (value) => new DuckDBTimestampValue(BigInt(Number(value)) * 1000n) };
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const item = type.children[0]!.type;
    if (!DataType.isFloat(item) && !DataType.isInt(item)) return undefined;
    return {
      type: LIST(DOUBLE),
      of: (value: Vector) => listValue([...value].map((one) => (one === null ? null : Number(one)))),
    };
  }
  return undefined;
}

/** From the stored number: what `get` answers has lost what is below a millisecond. */
function timestamp(type: Timestamp): Reading {
  const [up, down] = {
    [TimeUnit.SECOND]: [1_000_000n, 1n],
    [TimeUnit.MILLISECOND]: [1000n, 1n],
    [TimeUnit.MICROSECOND]: [1n, 1n],
    [TimeUnit.NANOSECOND]: [1n, 1000n],
  }[type.unit] as [bigint, bigint];
  const zoned = type.timezone !== null && type.timezone !== undefined && type.timezone !== '';
  return {
    type: zoned ? TIMESTAMPTZ : TIMESTAMP,
    of(_value, vector, row) {
      const micros = (BigInt((vector.data[0]!.values as BigInt64Array)[row]!) * up) / down;
      return zoned ? new DuckDBTimestampTZValue(micros) : new DuckDBTimestampValue(micros);
    },
  };
}

/** Two's complement, 128 bits, least significant word first. */
function decimal(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return Number(BigInt.asIntN(words.length * 32, value)) / 10 ** scale;
}
