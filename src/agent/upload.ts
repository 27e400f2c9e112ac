import { open } from 'node:fs/promises';
import { LENGTH_HEADER, OFFSET_HEADER, type UploadAnswer } from '../agent-api/protocol.ts';

type PieceSender = {
  head(): Promise<Response>;
  /** Undefined: it broke off or began at the wrong place, and the server has to be asked what has arrived. */
  patch(headers: Record<string, string>, piece: Uint8Array): Promise<UploadAnswer | undefined>;
  /** Waits before another try; rejects when nothing more has arrived since `since` (epoch ms) for too long. */
  pause(since: number): Promise<void>;
};

const PIECE_BYTES = 4 * 2 ** 20;

/** Sends what the server does not have; where a connection breaks it goes on from what has arrived. */
export async function uploadFile(server: PieceSender, file: string, size: number): Promise<void> {
  const buffer = Buffer.alloc(Math.min(PIECE_BYTES, size));
  const handle = await open(file, 'r');
  try {
    let offset = await arrived();
    let [progressAt, most] = [Date.now(), offset ?? 0];
    while (offset !== undefined) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, Math.max(0, size - offset)), offset);
      const headers = { [OFFSET_HEADER]: String(offset), [LENGTH_HEADER]: String(size) };
      const answer = await server.patch(headers, buffer.subarray(0, bytesRead));
      if (!answer) await server.pause(progressAt);
      offset = answer ? answer.received : await arrived();
      if (answer && answer.received >= size) return;
      if (offset !== undefined && offset > most) [progressAt, most] = [Date.now(), offset];
    }
  } finally {
    await handle.close();
  }

  /** Undefined when all of it is there. */
  async function arrived(): Promise<number | undefined> {
    const answer = await server.head();
    return answer.ok ? undefined : Number(answer.headers.get(OFFSET_HEADER) ?? 0);
  }
}
