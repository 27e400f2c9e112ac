import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { type Frame, joinTypes, type RowFacts } from './frame.ts';
import { syncFolder } from './make-folder.ts';

/** Files made of a segment have one folder a day and one column an input. */
const MOST_DAYS = 62;
const MOST_COLUMNS = 1_000;
/**
 * What making Parquet takes of memory: a column has buffers of its own, and a value has its place where a row has none.
 * With these, segments of 64 MB and 25 columns, 13 MB and 500 or 6 MB and 1,000 took less than 300 MB (DuckDB 1.5).
 */
const USUAL_COLUMNS = 100;
const MOST_CELLS = 5_000_000;

export type Segment = {
  file: string;
  name: string;
  batches: { id: string; digest: string }[];
  facts: RowFacts;
};

export type OpenSegment = Segment & {
  /** Nothing more should go in. */
  isFull(): boolean;
  /** Whether one file can hold it together with what is in here. */
  fits(frame: Frame): boolean;
  /** All of them or none: AppError-free errors of the file system; afterwards only `recover` and `close` are allowed. */
  write(frames: Frame[]): Promise<void>;
  /** Takes away what a failed `write` left. */
  recover(): Promise<void>;
  close(): Promise<void>;
};

export async function createSegment(folder: string, name: string, maxBytes: number): Promise<OpenSegment> {
  const file = path.join(folder, `${name}.jsonl`);
  const handle: FileHandle = await open(file, 'ax', 0o600);
  await syncFolder(folder);
  const facts: RowFacts = { predictions: 0, labels: 0, inputs: new Map(), days: new Set() };
  const batches: Segment['batches'] = [];
  /** DuckDB does not tell apart what differs in case only. */
  const spelled = new Map<string, string>();
  let bytes = 0;
  const isTooLarge = (size: number, rows: number, columns: number) =>
    size * Math.max(1, columns / USUAL_COLUMNS) >= maxBytes || rows * columns >= MOST_CELLS;
  return {
    file,
    name,
    batches,
    facts,
    isFull: () => isTooLarge(bytes, facts.predictions, facts.inputs.size),
    fits(frame) {
      if (batches.length === 0) return true;
      const before = facts.inputs.size;
      let columns = before;
      for (const column of frame.facts.inputs.keys()) {
        const spelling = spelled.get(column.toLowerCase());
        if (spelling !== undefined && spelling !== column) return false;
        if (spelling === undefined) columns += 1;
      }
      const rows = facts.predictions + frame.facts.predictions;
      if (columns > before && isTooLarge(bytes + frame.buffer.length, rows, columns)) return false;
      return columns <= MOST_COLUMNS && new Set([...facts.days, ...frame.facts.days]).size <= MOST_DAYS;
    },
    async write(frames) {
      const length = frames.reduce((sum, { buffer }) => sum + buffer.length, 0);
      const { bytesWritten } = await handle.writev(frames.map(({ buffer }) => buffer));
      if (bytesWritten !== length) throw Object.assign(new Error('written in part'), { code: 'ENOSPC' });
      await handle.datasync();
      bytes += length;
      for (const frame of frames) {
        batches.push({ id: frame.id, digest: frame.digest });
        addFacts(facts, frame.facts);
        for (const column of frame.facts.inputs.keys()) spelled.set(column.toLowerCase(), column);
      }
    },
    async recover() {
      await handle.truncate(bytes);
      await handle.sync();
    },
    close: () => handle.close(),
  };
}

function addFacts(facts: RowFacts, more: RowFacts): void {
  facts.predictions += more.predictions;
  facts.labels += more.labels;
  for (const day of more.days) facts.days.add(day);
  for (const [name, type] of more.inputs) facts.inputs.set(name, joinTypes(facts.inputs.get(name), type));
}
