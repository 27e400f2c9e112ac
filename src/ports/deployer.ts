import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { VersionStatus } from '../domain/rollout/rollout.ts';
import type { Model } from '../domain/spec/valid.ts';

/** A version to be served, with its share of the traffic in percent; the shares of a deployment sum to 100. */
export type ServedVersion = { version: string; artifact: ArtifactRef; model: Model; percent: number };

export type DesiredDeployment = {
  /** `owner/name` of the repository and the deployment's name. */
  repository: string;
  name: string;
  versions: ServedVersion[];
};

export type DeploymentStatus = {
  ready: boolean;
  /** Where it answers, if anywhere. */
  url?: string;
  versions: VersionStatus[];
};

/** Makes the world serve what is desired. Applying the same twice changes nothing. */
export type Deployer = {
  apply(desired: DesiredDeployment): Promise<void>;
  status(repository: string, name: string): Promise<DeploymentStatus | undefined>;
  remove(repository: string, name: string): Promise<void>;
};
