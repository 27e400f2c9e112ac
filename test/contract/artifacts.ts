import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Artifacts } from '../../src/ports/artifacts.ts';

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function* inPieces(bytes: Buffer, failAfter = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < bytes.length; at += 1000) {
    if (at >= failAfter) throw new Error('the line went dead');
    yield bytes.subarray(at, at + 1000);
  }
}

/** What every place for artifacts promises. */
export function artifactsContract(name: string, open: () => Promise<Artifacts>): void {
  describe(`${name} keeps the promises of artifacts`, () => {
    let artifacts: Artifacts;
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
  });
}
