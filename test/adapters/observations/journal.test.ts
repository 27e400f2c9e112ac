import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeFrame } from '../../../src/adapters/observations/frame.ts';
import { createJournal } from '../../../src/adapters/observations/journal.ts';
import { createSegment, type OpenSegment, type Segment } from '../../../src/adapters/observations/segment.ts';

let folder: string;
let finished: Segment[];
let errors: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-journal-'));
  finished = [];
  errors = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const frame = (id: string) => encodeFrame({ id, observations: [], labels: [{ id: `row-${id}`, label: '1' }] }, 0);

/** A journal over real files, of whose steps `change` makes something else. */
function open(change: (segment: OpenSegment) => Partial<OpenSegment>, maxBytes = 1e9) {
  return createJournal({
    folder,
    maxBytes,
    maxAgeMs: 1e9,
    finished: async (segment) => void finished.push(segment),
    create: async (...all) => {
      const segment = await createSegment(...all);
      return { ...segment, ...change(segment) };
    },
    onError: (error) => errors.push(error),
  });
}
const kept = async () => (await Promise.all(finished.map(({ file }) => readFile(file, 'utf8')))).join('');

it('writes what comes at the same time with one fsync', async () => {
  const writes: number[] = [];
  const journal = open(({ write }) => ({
    write: async (frames) => {
      writes.push(frames.length);
      await write(frames);
    },
  }));
  await Promise.all(Array.from({ length: 20 }, (_, i) => journal.append(frame(String(i)))));
  await journal.close();
  expect(writes.reduce((sum, one) => sum + one)).toBe(20);
  expect(writes.length).toBeLessThan(4);
  expect(finished.flatMap(({ batches }) => batches.map(({ id }) => id))).toEqual(
    Array.from({ length: 20 }, (_, i) => `${i}`),
  );
});

it.each(['once', 'for a while'])(
  'leaves nothing of what a full disk broke off, and goes on: cannot take it away %s',
  async (how) => {
    let full = 0;
    let stuck = how === 'once' ? 0 : 2;
    const journal = open((segment) => ({
      write: async (frames) => {
        if (full === 0) return segment.write(frames);
        full -= 1;
        await appendFile(segment.file, frames[0]!.buffer.subarray(0, 40));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
      recover: async () => {
        if (stuck-- > 0) throw new Error('the device does not answer');
        await segment.recover();
      },
    }));
    await journal.append(frame('1'));
    full = 1;
    const refused = await Promise.allSettled(['2', '3'].map((id) => journal.append(frame(id))));
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(refused[0]).toMatchObject({ reason: { code: 'external/storage' } });
    let tries = 0;
    await expect
      .poll(async () => {
        tries += 1;
        return journal.append(frame('4')).then(
          () => 'kept',
          (error) => error.code,
        );
      })
      .toBe('kept');
    expect(tries).toBe(how === 'once' ? 1 : 2);
    await journal.close();
    expect(await kept()).toBe(['1', '4'].map((id) => frame(id).buffer.toString()).join(''));
    expect(errors).toHaveLength(how === 'once' ? 0 : 1);
  },
);

it('takes nothing after it was closed, and keeps what came before', async () => {
  const journal = open(() => ({}), 1);
  const before = ['1', '2', '3'].map((id) => journal.append(frame(id)));
  await journal.close();
  await Promise.all(before);
  await expect(journal.append(frame('4'))).rejects.toMatchObject({ code: 'conflict/stale' });
  expect(await kept()).toContain('row-3');
});
