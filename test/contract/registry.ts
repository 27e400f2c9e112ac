import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { Artifacts } from '../../src/ports/artifacts.ts';
import type { ModelVersion, Registry } from '../../src/ports/registry.ts';

export type RegistryWorld = { registry: Registry; artifacts: Artifacts; stop(): Promise<void> };

const sha256 = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Artifacts in memory, enough for a registry. */
export function memoryArtifacts(): Artifacts {
  const blobs = new Map<string, Buffer>();
  const get = (digest: string): Buffer => {
    const found = blobs.get(digest);
    if (!found) throw new AppError('conflict/not-found', digest);
    return found;
  };
  return {
    has: async (digest) => blobs.has(digest),
    write: async (digest, content) => {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(Buffer.from(chunk));
      blobs.set(digest, Buffer.concat(chunks));
      return { size: get(digest).length };
    },
    read: async (digest) => Readable.from([get(digest)]),
    size: async (digest) => get(digest).length,
    put: async (content) => {
      const bytes = Buffer.from(content);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      blobs.set(digest, bytes);
      return digest;
    },
  };
}

export async function versionOf(artifacts: Artifacts, version: string, weights: string): Promise<ModelVersion> {
  const files = [];
  for (const [path, content] of [
    ['model.onnx', weights],
    ['encoder/origin.bin', 'ABE,ATL'],
  ] as const) {
    files.push({ path, digest: await artifacts.put(content), size: content.length });
  }
  return {
    repository: 'acme/flights',
    model: 'flight-delay',
    version,
    artifact: { digest: sha256(JSON.stringify(files)), format: 'onnx', files },
    commit: 'c'.repeat(40),
    createdAt: '2026-11-01T10:00:00Z',
    sourceUrl: 'https://github.example.com/acme/flights',
    datasets: ['data/flights.parquet'],
    card: `# flight-delay ${version}\n`,
    licenses: ['Apache-2.0'],
  };
}

/** What every registry does. `open` makes an empty one. */
export function registryContract(name: string, open: () => Promise<RegistryWorld>): void {
  describe(`registry: ${name}`, () => {
    let world: RegistryWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.stop());

    it('knows nothing of what was never pushed', async () => {
      expect(await world.registry.versions('acme/flights', 'flight-delay')).toEqual([]);
      expect(await world.registry.resolve('acme/flights', 'flight-delay', '1.0.0')).toBeUndefined();
    });

    it('answers the pushed files under their version', async () => {
      const version = await versionOf(world.artifacts, '1.0.0', 'weights one');
      const pushed = await world.registry.push(version);
      const found = await world.registry.resolve('acme/flights', 'flight-delay', '1.0.0');
      expect(found).toMatchObject(pushed);
      expect(found?.layers).toEqual([...version.artifact.files].sort((a, b) => (a.path < b.path ? -1 : 1)));
      expect(pushed.reference).toMatch(/v1\.0\.0$/);
    });

    it('gives the same digest for the same version, pushed twice or at the same time', async () => {
      const version = await versionOf(world.artifacts, '1.0.0', 'weights one');
      const pushed = await Promise.all([world.registry.push(version), world.registry.push(version)]);
      const again = await world.registry.push(version);
      expect(new Set([...pushed, again].map(({ digest }) => digest)).size).toBe(1);
      expect(await world.registry.versions('acme/flights', 'flight-delay')).toEqual(['1.0.0']);
    });

    it('keeps every one of versions that are pushed at the same time', async () => {
      const numbers = ['1.0.0', '1.1.0', '1.2.0', '2.0.0'];
      const versions = await Promise.all(numbers.map((each) => versionOf(world.artifacts, each, `weights ${each}`)));
      await Promise.all(versions.map((version) => world.registry.push(version)));
      expect((await world.registry.versions('acme/flights', 'flight-delay')).sort()).toEqual(numbers);
    });

    it('never changes what a version is', async () => {
      const first = await world.registry.push(await versionOf(world.artifacts, '1.0.0', 'weights one'));
      const other = await versionOf(world.artifacts, '1.0.0', 'weights two');
      await expect(world.registry.push(other)).rejects.toMatchObject({ code: 'bug/invariant' });
      expect((await world.registry.resolve('acme/flights', 'flight-delay', '1.0.0'))?.digest).toBe(first.digest);
    });

    it('refuses names that are no names', async () => {
      const version = { ...(await versionOf(world.artifacts, '1.0.0', 'weights')), model: '../elsewhere' };
      await expect(world.registry.push(version)).rejects.toMatchObject({ code: 'config/invalid-input' });
    });

    it('says when a file of the artifact is gone', async () => {
      const version = await versionOf(world.artifacts, '1.0.0', 'weights');
      version.artifact.files.push({ path: 'lost.bin', digest: sha256('lost'), size: 4 });
      await expect(world.registry.push(version)).rejects.toMatchObject({ code: 'conflict/not-found' });
      expect(await world.registry.versions('acme/flights', 'flight-delay')).toEqual([]);
    });
  });
}
