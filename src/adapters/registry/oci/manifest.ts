import type { ModelVersion } from '../../../ports/registry.ts';

/** OCI image-spec 1.1 with the media types of CNCF ModelPack (model-spec). */
export type Descriptor = {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
};

export type ImageIndex = { schemaVersion: 2; mediaType: string; manifests: Descriptor[] };

export type Manifest = {
  schemaVersion: 2;
  mediaType: typeof manifestType;
  artifactType: typeof modelType;
  config: Descriptor;
  layers: Descriptor[];
  annotations: Record<string, string>;
};

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const modelType = 'application/vnd.cncf.model.manifest.v1+json';
const configType = 'application/vnd.cncf.model.config.v1+json';
const weightType = 'application/vnd.cncf.model.weight.v1.raw';
const weightConfigType = 'application/vnd.cncf.model.weight.config.v1.raw';
export const docType = 'application/vnd.cncf.model.doc.v1.raw';
export const filePath = 'org.cncf.model.filepath';
export const refName = 'org.opencontainers.image.ref.name';
/** Where the model card stands in the pulled folder. */
const cardPath = 'README.md';

/** A TF.js artifact is its topology and the weights beside it; everything of an ONNX artifact is weights. */
const layerType = (format: string, file: string): string =>
  format === 'tfjs' && file.endsWith('.json') ? weightConfigType : weightType;

/** Layers in the order of paths, one file each and uncompressed: the digest of a layer is that of the file. */
export function layersOf({ artifact }: ModelVersion, card: { digest: string; size: number }): Descriptor[] {
  const files = [...artifact.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return [
    ...files.map(({ path, digest, size }) => ({
      mediaType: layerType(artifact.format, path),
      digest,
      size,
      annotations: { [filePath]: path },
    })),
    { mediaType: docType, ...card, annotations: { [filePath]: cardPath } },
  ];
}

/** Text of the config blob. Nothing in here may depend on when or where it is written: same version, same digest. */
export function configText(version: ModelVersion, layers: Descriptor[]): string {
  return JSON.stringify({
    descriptor: {
      createdAt: version.createdAt,
      name: version.model,
      version: version.version,
      revision: version.commit,
      sourceURL: version.sourceUrl,
      datasetsURL: version.datasets,
      licenses: version.licenses,
    },
    config: { format: version.artifact.format },
    modelfs: { type: 'layers', diffIds: layers.map(({ digest }) => digest) },
  });
}

export function manifestOf(
  version: ModelVersion,
  config: { digest: string; size: number },
  layers: Descriptor[],
): Manifest {
  return {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: modelType,
    config: { mediaType: configType, ...config },
    layers,
    annotations: {
      'org.opencontainers.image.created': version.createdAt,
      'org.opencontainers.image.revision': version.commit,
      'org.opencontainers.image.source': version.sourceUrl,
      'org.opencontainers.image.title': version.model,
      'org.opencontainers.image.version': version.version,
    },
  };
}
