import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { UploadStore } from '../../src/ports/artifacts.ts';

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function* inPieces(bytes: Buffer, failAfter = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < bytes.length; at += 1000) {
    if (at >= failAfter) throw new Error('the line went dead');
    yield bytes.subarray(at, at + 1000);
  }
}

/** What every place for artifacts promises. */
export function artifactsContract(name: string, open: () => Promise<UploadStore>): void {
  describe(`${name} keeps the promises of artifacts`, () => {
    let artifacts: UploadStore;
    beforeAll(async () => {
      artifacts = await open();
    });

    test('gives back exactly what was written, by digest', async () => {
      const bytes = randomBytes(54_321);
      const digest = digestOf(bytes);
      expect(await artifacts.has(digest)).toBe(false);
      expect(await artifacts.write(digest, Readable.from(inPieces(bytes)), bytes.length)).toEqual({ size: 54_321 });
      expect(await artifacts.has(digest)).toBe(true);
      expect(await artifacts.size(digest)).toBe(54_321);
      expect(await buffer(await artifacts.read(digest))).toEqual(bytes);
    });

    test('writing what is there already changes nothing', async () => {
      const bytes = randomBytes(100);
      const digest = digestOf(bytes);
      const write = () => artifacts.write(digest, Readable.from([bytes]), 100);
      expect(await Promise.all([write(), write(), write()])).toEqual([{ size: 100 }, { size: 100 }, { size: 100 }]);
      expect(await write()).toEqual({ size: 100 });
      expect(await buffer(await artifacts.read(digest))).toEqual(bytes);
    });

    test('keeps small values, the empty one too', async () => {
      expect(await artifacts.put('')).toBe(digestOf(Buffer.alloc(0)));
      const digest = await artifacts.put('{"ä":1}');
      expect((await buffer(await artifacts.read(digest))).toString()).toBe('{"ä":1}');
      expect(await artifacts.put(Buffer.from('{"ä":1}'))).toBe(digest);
    });

    test('refuses content of another digest, too long or cut off, and shows none of it', async () => {
      const bytes = randomBytes(5_000);
      const digest = digestOf(bytes);
      const invalid = { code: 'config/invalid-input' };
      await expect(artifacts.write(digest, Readable.from([randomBytes(5_000)]), 1e6)).rejects.toMatchObject(invalid);
      await expect(artifacts.write(digest, Readable.from(inPieces(bytes)), 4_999)).rejects.toMatchObject(invalid);
      await expect(artifacts.write(digest, Readable.from(inPieces(bytes, 3_000)), 1e6)).rejects.toThrow('went dead');
      expect(await artifacts.has(digest)).toBe(false);
      const absent = { code: 'conflict/not-found' };
      await expect(artifacts.read(digest)).rejects.toMatchObject(absent);
      await expect(artifacts.size(digest)).rejects.toMatchObject(absent);
    });

    test('refuses what is no digest, a path above all', async () => {
      const wrong = [`sha256:${'../'.repeat(22)}`, 'sha256:abc', `md5:${'a'.repeat(64)}`, `sha256:${'A'.repeat(64)}`];
      for (const digest of wrong) {
        await expect(artifacts.read(digest)).rejects.toMatchObject({ code: 'config/invalid-input' });
        await expect(artifacts.has(digest)).rejects.toMatchObject({ code: 'config/invalid-input' });
      }
    });

    describe('in pieces', () => {
      const upload = 'job-one';
      const absent = { code: 'conflict/stale' };

      test('takes them one after another and shows the whole at the end', async () => {
        const bytes = randomBytes(10_000);
        const piece = { digest: digestOf(bytes), upload, length: bytes.length };
        expect(await artifacts.received(piece.digest, upload)).toBe(0);
        for (const offset of [0, 4_000, 8_000]) {
          expect(await artifacts.has(piece.digest)).toBe(false);
          const content = Readable.from(inPieces(bytes.subarray(offset, offset + 4_000)));
          expect(await artifacts.append({ ...piece, offset }, content)).toBe(Math.min(offset + 4_000, bytes.length));
        }
        expect(await buffer(await artifacts.read(piece.digest))).toEqual(bytes);
        expect(await artifacts.received(piece.digest, upload)).toBe(0);
      });

      test('keeps what arrived of a piece that broke off, and goes on from there only', async () => {
        const bytes = randomBytes(10_000);
        const piece = { digest: digestOf(bytes), upload, length: bytes.length };
        const broken = Readable.from(inPieces(bytes, 3_000));
        await expect(artifacts.append({ ...piece, offset: 0 }, broken)).rejects.toThrow('went dead');
        expect(await artifacts.received(piece.digest, upload)).toBe(3_000);
        for (const offset of [0, 2_999, 3_001]) {
          const content = Readable.from([bytes.subarray(offset)]);
          await expect(artifacts.append({ ...piece, offset }, content)).rejects.toMatchObject(absent);
        }
        const rest = Readable.from(inPieces(bytes.subarray(3_000)));
        expect(await artifacts.append({ ...piece, offset: 3_000 }, rest)).toBe(10_000);
        expect(await buffer(await artifacts.read(piece.digest))).toEqual(bytes);
      });

      test('drops content that is not what its digest says, or more than was announced', async () => {
        const bytes = randomBytes(5_000);
        const piece = { digest: digestOf(bytes), upload, length: bytes.length };
        const invalid = { code: 'config/invalid-input' };
        for (const wrong of [randomBytes(5_000), Buffer.concat([bytes, bytes])]) {
          await expect(artifacts.append({ ...piece, offset: 0 }, Readable.from([wrong]))).rejects.toMatchObject(
            invalid,
          );
          expect(await artifacts.received(piece.digest, upload)).toBe(0);
          expect(await artifacts.has(piece.digest)).toBe(false);
        }
        expect(await artifacts.append({ ...piece, offset: 0 }, Readable.from([bytes]))).toBe(5_000);
      });

      test('verifies what is there already: naming a digest is not having its content', async () => {
        const digest = await artifacts.put('known to the store');
        const piece = { digest, offset: 0, length: 18 };
        await expect(
          artifacts.append({ ...piece, upload: 'else' }, Readable.from([Buffer.alloc(18)])),
        ).rejects.toMatchObject({ code: 'config/invalid-input' });
        const content = Buffer.from('known to the store');
        expect(await artifacts.append({ ...piece, upload: 'one' }, Readable.from([content]))).toBe(18);
        expect(await buffer(await artifacts.read(digest))).toEqual(content);
      });

      test('uploads of one content at the same time do not touch each other', async () => {
        const bytes = randomBytes(9_000);
        const digest = digestOf(bytes);
        const uploads = ['one', 'two', 'three'].map(async (name, index) => {
          const content = index === 1 ? randomBytes(9_000) : bytes;
          for (let offset = 0; offset < 9_000; offset += 3_000) {
            const part = Readable.from(inPieces(content.subarray(offset, offset + 3_000)));
            await artifacts.append({ digest, upload: name, offset, length: 9_000 }, part);
          }
        });
        const ends = await Promise.allSettled(uploads);
        expect([ends[0]!.status, ends[2]!.status]).toEqual(['fulfilled', 'fulfilled']);
        expect(await buffer(await artifacts.read(digest))).toEqual(bytes);
      });

      test('the same piece twice at the same time is taken once', async () => {
        const bytes = randomBytes(6_000);
        const piece = { digest: digestOf(bytes), upload, offset: 0, length: 12_000 };
        const send = () => artifacts.append(piece, Readable.from(inPieces(bytes)));
        const [first, second] = await Promise.allSettled([send(), send()]);
        expect(first).toEqual({ status: 'fulfilled', value: 6_000 });
        expect(second).toMatchObject({ status: 'rejected', reason: absent });
        expect(await artifacts.received(piece.digest, upload)).toBe(6_000);
      });

      test('takes nothing under a name that is a path', async () => {
        const digest = digestOf(randomBytes(5));
        const invalid = { code: 'config/invalid-input' };
        await expect(artifacts.received(digest, '../x')).rejects.toMatchObject(invalid);
        const piece = { digest: 'sha256:../../x', upload, offset: 0, length: 1 };
        await expect(artifacts.append(piece, Readable.from([Buffer.from('x')]))).rejects.toMatchObject(invalid);
      });
    });

    test('removes what is not wanted any more', async () => {
      const digest = await artifacts.put('short-lived');
      await artifacts.remove(digest);
      await artifacts.remove(digest);
      expect(await artifacts.has(digest)).toBe(false);
    });
  });
}
