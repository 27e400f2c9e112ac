import type { JobLimits } from '../domain/jobs/may-start.ts';
import type { RunnerSpec } from '../domain/spec/valid.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { DriftSource } from '../ports/drift-source.ts';
import type { GitHub } from '../ports/github.ts';
import type { Registry } from '../ports/registry.ts';
import type { Runner } from '../ports/runner.ts';
import type { SourceVersions } from '../ports/source-versions.ts';
import type { Store } from '../ports/store.ts';

/** Everything that a flow may touch. `compose.ts` makes it; tests make it of fakes. */
export type FlowDeps = {
  github: GitHub;
  store: Store;
  artifacts: Artifacts;
  registry: Registry;
  deployers: Partial<Record<'local' | 'gitops', Deployer>>;
  /** By type, as a policy's runners name it. */
  runners: Partial<Record<RunnerSpec['type'], Runner>>;
  jobLimits: JobLimits;
  issueToken(identity: { jobId: string; attempt: number }, expiresAt: number): string;
  drift: DriftSource;
  sourceVersions: SourceVersions;
  clock: Clock;
  /** What monitors take for the present; differs from `clock` only where a past calendar is replayed. */
  monitorClock: Clock;
  /** Address under which people and GitHub reach us, without a slash at the end. */
  publicUrl: string;
  /** Whether reports and predictions can be opened there. */
  servesReports?: boolean;
  /** When this process began, epoch ms: nobody could be heard before. */
  upSince?: number;
  log: FlowLog;
};

export type FlowLog = {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
};

/** Look at the key again at that moment (epoch ms); undefined: when something happens. */
export type Again = { at: number } | undefined;
