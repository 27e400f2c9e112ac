import type { CryptoKey, JWK } from 'jose';

export type Runner = {
  id: number;
  name: string;
  labels: string[];
  /** Undefined: serves every repository. */
  repositoryId: number | undefined;
  /** Where its checkouts, tools and temporary files are. */
  folder: string;
  /** Added to the environment of every step. */
  env: Record<string, string>;
};

/** `lost`: the runner went away; nothing more of the job runs. */
export type StopReason = 'cancel' | 'force' | 'lost' | 'timeout';

export type RunningJob = {
  jobId: number;
  runner: Runner;
  repositoryId: number;
  stop: (reason: StopReason) => void;
  done: Promise<void>;
};

/** What a job may ask an identity for. */
export type IdentityGrant = { repositoryId: number; runId: number; jobId: number; environment: string | undefined };

/** What Actions has under way; none of it outlives the forge. */
export type CiRuntime = {
  runners: Runner[];
  /** `owner/repo` → folder with the action. */
  providedActions: Map<string, string>;
  /** By job id. */
  running: Map<number, RunningJob>;
  /** By bearer token. */
  identities: Map<string, IdentityGrant>;
  /** Files behind the short-lived addresses that log and artifact requests are sent on to, by the address's secret. */
  downloads: Map<string, { contentType: string; fileName: string; read: () => Promise<Buffer> }>;
  identityKey: Promise<{ privateKey: CryptoKey; publicJwk: JWK }> | undefined;
  settings: {
    /** False: as servers before `return_run_details`, which answer 204. */
    returnRunDetails: boolean;
    /** Seconds. */
    identityLifetime: number;
    /** Milliseconds from SIGINT to SIGTERM, and from that to SIGKILL; GitHub's own by default. */
    cancelGrace: { interrupt: number; terminate: number };
  };
  closing: boolean;
};

export const createRuntime = (): CiRuntime => ({
  runners: [],
  providedActions: new Map(),
  running: new Map(),
  identities: new Map(),
  downloads: new Map(),
  identityKey: undefined,
  settings: {
    returnRunDetails: true,
    identityLifetime: 300,
    cancelGrace: { interrupt: 7500, terminate: 2500 },
  },
  closing: false,
});
