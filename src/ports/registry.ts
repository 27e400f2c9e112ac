import type { ArtifactRef } from '../domain/jobs/job.ts';

export type ModelVersion = {
  /** `owner/name` of the repository and the model's name in it. */
  repository: string;
  model: string;
  /** SemVer without the v. */
  version: string;
  artifact: ArtifactRef;
  commit: string;
  createdAt: string;
  sourceUrl: string;
  datasets: string[];
  /** Markdown, as in the release. */
  card: string;
  licenses: string[];
};

/** Where versions are kept for others to pull: OCI with CNCF ModelPack media types. */
export type Registry = {
  /** Pushes blobs and manifest, tags it `v<version>`. Idempotent: the same input gives the same manifest digest. */
  push(version: ModelVersion): Promise<{ reference: string; digest: string }>;
  /** The manifest's digest and its weight layers; undefined when there is no such tag. */
  resolve(
    repository: string,
    model: string,
    version: string,
  ): Promise<
    { reference: string; digest: string; layers: { path: string; digest: string; size: number }[] } | undefined
  >;
  versions(repository: string, model: string): Promise<string[]>;
};
