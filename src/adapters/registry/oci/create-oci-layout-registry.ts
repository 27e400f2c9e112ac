import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { ModelVersion, Registry } from '../../../ports/registry.ts';
import { type Layout, openLayout, withLock } from './layout.ts';
import {
  configText,
  type Descriptor,
  docType,
  filePath,
  layersOf,
  type Manifest,
  manifestOf,
  manifestType,
  modelType,
  refName,
} from './manifest.ts';

const segment = /^(?!\.{1,2}$)[\w.-]+$/;

/** `owner/name/model`, safe as a path. */
function nameOf(repository: string, model: string): string {
  const parts = [...repository.split('/'), model];
  if (parts.length !== 3 || !parts.every((part) => segment.test(part))) {
    throw new AppError('config/invalid-input', `no name for a registry: ${parts.join('/')}`);
  }
  return parts.join('/');
}

const tagOf = (version: string): string => `v${version}`;

/**
 * A folder of OCI image layouts, one a model, at `<folder>/<owner>/<name>/<model>`: what `oras` and `skopeo` read with
 * `oci:<path>:v1.2.0`. `reference` is relative to the folder.
 */
export function createOciLayoutRegistry({ folder, artifacts }: { folder: string; artifacts: Artifacts }): Registry {
  const folderOf = (name: string): string => path.join(folder, ...name.split('/'));

  const tagged = async (layout: Layout, version: string): Promise<Descriptor | undefined> =>
    (await layout.readIndex()).manifests.find(({ annotations }) => annotations?.[refName] === tagOf(version));

  const writeManifest = async (layout: Layout, version: ModelVersion): Promise<{ digest: string; size: number }> => {
    for (const { digest } of version.artifact.files) await layout.writeBlob(digest, await artifacts.read(digest));
    const layers = layersOf(version, await layout.putBlob(version.card));
    const config = await layout.putBlob(configText(version, layers));
    return layout.putBlob(JSON.stringify(manifestOf(version, config, layers)));
  };

  return {
    push: async (version) => {
      const name = nameOf(version.repository, version.model);
      const layout = openLayout(folderOf(name));
      const manifest = await writeManifest(layout, version);
      return withLock(folderOf(name), async () => {
        const known = await tagged(layout, version.version);
        if (known && known.digest !== manifest.digest) {
          const what = `${name}:${tagOf(version.version)}`;
          throw new AppError(
            'bug/invariant',
            `pushing ${what}: it is there already with other content (${known.digest})`,
          );
        }
        if (!known) {
          const index = await layout.readIndex();
          const entry: Descriptor = {
            mediaType: manifestType,
            ...manifest,
            artifactType: modelType,
            annotations: { [refName]: tagOf(version.version) },
          };
          await layout.writeIndex({ ...index, manifests: [...index.manifests, entry] });
        }
        return { reference: `${name}:${tagOf(version.version)}`, digest: manifest.digest };
      });
    },

    resolve: async (repository, model, version) => {
      const name = nameOf(repository, model);
      const layout = openLayout(folderOf(name));
      const found = await tagged(layout, version);
      if (!found) return undefined;
      const manifest = JSON.parse(await layout.readBlob(found.digest)) as Manifest;
      const layers = manifest.layers
        .filter(({ mediaType }) => mediaType !== docType)
        .map(({ digest, size, annotations }) => ({ path: annotations?.[filePath] ?? '', digest, size }));
      return { reference: `${name}:${tagOf(version)}`, digest: found.digest, layers };
    },

    versions: async (repository, model) => {
      const { manifests } = await openLayout(folderOf(nameOf(repository, model))).readIndex();
      return manifests.flatMap(({ annotations }) => annotations?.[refName]?.replace(/^v/, '') ?? []);
    },
  };
}
