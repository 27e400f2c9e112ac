import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { AgentEvent } from '../agent-api/protocol.ts';

type Unnumbered = AgentEvent extends infer T ? (T extends unknown ? Omit<T, 'seq'> : never) : never;

const WRITE_BYTES = 65_536;
const READ_BYTES = 1_048_576;

/**
 * Events wait in a file, so that memory does not grow with a server that is away or slow. The file has no name: nobody
 * else writes to it, and it is gone with the process. Writing is synchronous: whoever logs faster than the disk waits.
 */
export function createEventSpool(file: string) {
  const fd = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let unwritten = '';
  let written = 0;
  let consumed = 0;
  let appended = 0;
  let taken = 0;

  function flush(): void {
    if (unwritten === '') return;
    const bytes = Buffer.from(unwritten);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, written + at);
    written += bytes.length;
    unwritten = '';
  }

  return {
    /** Bytes so far, all that was ever appended. */
    size: () => written + unwritten.length,
    waiting: () => appended - taken,
    append(event: Unnumbered): void {
      unwritten += `${JSON.stringify(event)}\n`;
      appended += 1;
      if (unwritten.length > WRITE_BYTES) flush();
    },
    /** The oldest that are left, numbered from 1 on; they stay until `done` is called. One event has less than 1 MiB. */
    next(mostEvents: number, mostBytes: number): { events: AgentEvent[]; done(): void } {
      flush();
      const length = readSync(fd, buffer, 0, Math.min(READ_BYTES, written - consumed), consumed);
      const events: AgentEvent[] = [];
      let used = 0;
      while (events.length < mostEvents) {
        const end = buffer.subarray(0, length).indexOf(10, used);
        if (end === -1 || (events.length > 0 && end > mostBytes)) break;
        const event = JSON.parse(buffer.toString('utf8', used, end)) as Unnumbered;
        events.push({ ...event, seq: taken + events.length + 1 } as AgentEvent);
        used = end + 1;
      }
      return {
        events,
        done() {
          consumed += used;
          taken += events.length;
        },
      };
    },
    close: () => closeSync(fd),
  };
}
