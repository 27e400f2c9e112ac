import { copyFile, open, readFile, rename } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { dayOf, type FrameHead, joinTypes, type RowFacts, sqlType } from './frame.ts';

const START = Buffer.from('{"kind":"batch"');
const NEXT = Buffer.from('\n{"kind":"batch"');

type Batch = { id: string; digest: string };
export type LeftSegment = { batches: Batch[]; facts: RowFacts; damaged: boolean };

/**
 * What an earlier process left in a segment, and leaves only whole batches in the file. A batch that is cut off at the
 * end was never acknowledged. `damaged`: something else is broken; the file as it was is kept beside it, as `.damaged`.
 */
export async function readSegment(file: string): Promise<LeftSegment> {
  const content = await readFile(file);
  const batches: Batch[] = [];
  const good: { from: number; to: number }[] = [];
  const facts: RowFacts = { predictions: 0, labels: 0, inputs: new Map(), days: new Set() };
  let damaged = false;
  let at = 0;
  while (at < content.length) {
    const frame = frameAt(content, at);
    if (frame) {
      batches.push({ id: frame.head.id, digest: frame.head.digest });
      good.push({ from: at, to: frame.to });
      for (const line of content.toString('utf8', frame.rows, frame.to - 1).split('\n')) noteRow(facts, line);
      at = frame.to;
      continue;
    }
    const next = content.indexOf(NEXT, at);
    if (next < 0) {
      damaged ||= isWhole(content, at);
      break;
    }
    damaged = true;
    at = next + 1;
  }
  const kept = good.reduce((sum, { from, to }) => sum + to - from, 0);
  if (damaged) await copyFile(file, `${file}.damaged`);
  if (kept < content.length) {
    await replaceFile(
      file,
      good.map(({ from, to }) => content.subarray(from, to)),
    );
  }
  return { batches, facts, damaged };
}

function frameAt(content: Buffer, at: number): { head: FrameHead; rows: number; to: number } | undefined {
  if (!content.subarray(at, at + START.length).equals(START)) return undefined;
  const end = content.indexOf(10, at);
  if (end < 0) return undefined;
  try {
    const head = JSON.parse(content.toString('utf8', at, end)) as FrameHead;
    const rows = end + 1;
    const to = rows + head.bytes;
    if (!Number.isInteger(head.bytes) || to > content.length) return undefined;
    return crc32(content.subarray(rows, to)) === head.crc ? { head, rows, to } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a frame is there to its end, so that it is no write that was cut off, and somebody may count on it. */
function isWhole(content: Buffer, at: number): boolean {
  const end = content.indexOf(10, at);
  if (end < 0) return false;
  try {
    const { bytes } = JSON.parse(content.toString('utf8', at, end)) as FrameHead;
    return Number.isInteger(bytes) && end + 1 + bytes <= content.length;
  } catch {
    return true;
  }
}

function noteRow(facts: RowFacts, line: string): void {
  const row = JSON.parse(line) as Record<string, unknown>;
  if (row.kind === 'labels') {
    facts.labels += 1;
    return;
  }
  facts.predictions += 1;
  facts.days.add(dayOf(Number(row.at)));
  for (const [name, value] of Object.entries(row.inputs ?? {})) {
    facts.inputs.set(name, joinTypes(facts.inputs.get(name), sqlType(value)));
  }
}

async function replaceFile(file: string, parts: Buffer[]): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    for (const part of parts) await handle.appendFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
