import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createOciLayoutRegistry } from '../../../src/adapters/registry/oci/create-oci-layout-registry.ts';
import { memoryArtifacts, registryContract, versionOf } from '../../contract/registry.ts';

async function open() {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-'));
  const artifacts = memoryArtifacts();
  const registry = createOciLayoutRegistry({ folder, artifacts });
  return { folder, artifacts, registry, stop: () => rm(folder, { recursive: true }) };
}

registryContract('OCI image layout', open);

it('writes an image layout with ModelPack media types, every blob under its own digest', async () => {
  const { folder, artifacts, registry, stop } = await open();
  const version = await versionOf(artifacts, '1.0.0', 'weights one');
  const { digest } = await registry.push(version);
  const layout = path.join(folder, 'acme', 'flights', 'flight-delay');
  const read = (file: string) => readFile(path.join(layout, file), 'utf8');
  const blob = async (of: string) => {
    const content = await read(`blobs/sha256/${of.replace('sha256:', '')}`);
    expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(of);
    return content;
  };

  // shapes and media types of image-spec 1.1 and of CNCF ModelPack's model-spec
  expect(JSON.parse(await read('oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' });
  const index = JSON.parse(await read('index.json'));
  expect(index).toMatchObject({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' });
  expect(index.manifests).toEqual([
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      digest,
      size: expect.any(Number),
      annotations: { 'org.opencontainers.image.ref.name': 'v1.0.0' },
    },
  ]);
  const text = await blob(digest);
  expect(index.manifests[0].size).toBe(Buffer.byteLength(text));
  const manifest = JSON.parse(text);
  expect(manifest.config.mediaType).toBe('application/vnd.cncf.model.config.v1+json');
  const layers = manifest.layers.map((layer: { mediaType: string; annotations: Record<string, string> }) => [
    layer.mediaType,
    layer.annotations['org.cncf.model.filepath'],
  ]);
  expect(layers).toEqual([
    ['application/vnd.cncf.model.weight.v1.raw', 'encoder/origin.bin'],
    ['application/vnd.cncf.model.weight.v1.raw', 'model.onnx'],
    ['application/vnd.cncf.model.doc.v1.raw', 'README.md'],
  ]);
  const config = JSON.parse(await blob(manifest.config.digest));
  expect(config.descriptor).toMatchObject({ name: 'flight-delay', version: '1.0.0', revision: version.commit });
  expect(config.modelfs.diffIds).toEqual(manifest.layers.map((layer: { digest: string }) => layer.digest));
  for (const layer of manifest.layers) await blob(layer.digest);
  await stop();
});

it('gives the same digest in another folder', async () => {
  const [one, two] = [await open(), await open()];
  const digests = [];
  for (const { artifacts, registry } of [one, two]) {
    digests.push((await registry.push(await versionOf(artifacts, '1.0.0', 'weights'))).digest);
  }
  expect(digests[0]).toBe(digests[1]);
  await one.stop();
  await two.stop();
});
