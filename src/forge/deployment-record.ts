export type DeploymentState = 'queued' | 'pending' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

export type Deployment = {
  id: number;
  /** Full SHA that was deployed. */
  sha: string;
  /** As requested: branch, tag or SHA. */
  ref: string;
  task: string;
  payload: unknown;
  environment: string;
  originalEnvironment: string;
  description: string | undefined;
  transientEnvironment: boolean;
  productionEnvironment: boolean;
  creator: string;
  byApp: boolean;
  createdAt: string;
  updatedAt: string;
  /** Oldest first. */
  statuses: DeploymentStatus[];
};

export type DeploymentStatus = {
  id: number;
  state: DeploymentState;
  description: string;
  environment: string;
  environmentUrl: string;
  logUrl: string;
  creator: string;
  byApp: boolean;
  createdAt: string;
};
