import { readFile } from 'node:fs/promises';
import path from 'node:path';

type Descriptor = { digest: string; mediaType: string; annotations?: Record<string, string> };

/** The weight layer of a version, read from the OCI image layout as any other tool would. */
export async function registryLayer(
  folder: string,
  repository: string,
  model: string,
  version: string,
): Promise<{ reference: string; path: string; digest: string }> {
  const layout = path.join(folder, 'server', 'registry', ...repository.split('/'), model);
  const blob = async (digest: string) =>
    JSON.parse(await readFile(path.join(layout, 'blobs', 'sha256', digest.slice(7)), 'utf8'));
  const index = JSON.parse(await readFile(path.join(layout, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  const tagged = index.manifests.find(
    (one) => one.annotations?.['org.opencontainers.image.ref.name'] === `v${version}`,
  );
  if (!tagged) throw new Error(`${layout}/index.json has no v${version}`);
  const manifest = (await blob(tagged.digest)) as { layers: Descriptor[] };
  const weight = manifest.layers.find((layer) => layer.mediaType.includes('.weight.'));
  if (!weight) throw new Error(`${tagged.digest} has no weight layer`);
  await readFile(path.join(layout, 'blobs', 'sha256', weight.digest.slice(7)));
  return {
    reference: tagged.digest,
    path: weight.annotations?.['org.cncf.model.filepath'] ?? '',
    digest: weight.digest,
  };
}
