/** What the flows keep between two looks at a key: identities of what they made, decisions of people, versions. */
import type { Approval } from '../domain/approvals/approval.ts';
import type { OwnerGroup } from '../domain/approvals/required-owners.ts';
import type { GivenWaiver } from '../domain/approvals/standing-waivers.ts';
import type { ParsedCommand } from '../domain/commands/parse-comment.ts';
import type { GateResult } from '../domain/evaluate/evaluation.ts';
import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { RolloutState } from '../domain/rollout/rollout.ts';
import type { Dataset, Gate, Model, Policy, Repository } from '../domain/spec/valid.ts';
import type { SweepOutcome } from '../domain/sweep/sweep-outcome.ts';
import type { Documents } from '../ports/store.ts';
import { type Collection, openCollection } from './collection.ts';
import type { MonitorRecord } from './monitor/monitor-record.ts';

/** Id: `owner/name`. */
export type RepositoryRecord = { installationId: number; defaultBranch: string; removed?: boolean };

/** What the default branch declares, id `owner/name`. Refreshed on every push to it. */
export type BaseRecord = {
  sha: string;
  repository?: Repository;
  problems: number;
  /** Globs of what besides specs can change a plan; undefined while the specs cannot be read. */
  watched?: string[];
};

/** Something published, with the digest of its content so that nothing is sent twice. */
export type Published = { id: number; digest: string; url?: string };

export type ReadyModel = {
  name: string;
  fingerprint: string;
  parts: { code: boolean; data: boolean; params: boolean; signature: boolean; evaluation: boolean };
  /** With the parameters that it was trained with. */
  model: Model;
  dataset: Dataset;
  artifact: ArtifactRef;
  evaluationDigest: string;
  referenceDigest: string;
  gates: GateResult[];
  champion?: string;
  /** Where it is the best of several. */
  sweep?: SweepOutcome;
};

/** What a look found of a model, for commands about its gates. */
export type JudgedRecord = {
  evaluationDigest: string;
  /** Which candidate on this holdout it is, from 1. */
  evaluations: number;
  gates: Gate[];
  /** In the order of the gates, without waivers. */
  results: GateResult[];
};

/** Id: `owner/name#number`. */
export type PullRecord = {
  headSha: string;
  planDigest: string;
  evidenceDigest: string;
  /** Since when head, plan and evidence are as they are: an approval that was written before means something else. */
  evidenceSince?: number;
  /** What promotion will ship if this head is merged; only when the gate said yes for it. */
  ready?: { headSha: string; models: ReadyModel[]; approvedBy: string[] };
  approvals: Approval[];
  hold?: { by: string; reason: string };
  cancelled?: { by: string; headSha: string };
  /** Per model: how often it was asked to be trained or evaluated again at the same fingerprint. */
  generations: Record<string, { train: number; evaluate: number }>;
  /** Heads whose check runs are not in `checks` any more, newest last: a branch may be pushed back to one. */
  formerHeads?: string[];
  checks: Record<string, Published>;
  comment?: Published;
  /** Newest last, shown in the comment. */
  notes: { at: number; text: string; command?: string }[];
  /** Shipping began: nothing that is said now can stop it half-way. */
  promoting?: string;
  promoted?: { mergeCommit: string; versions: { model: string; version: string; url: string }[]; refused: string[] };
  closed?: boolean;
  /** Of one that is closed: whether it was merged. */
  merged?: boolean;
  /** Who has to agree to what, under the policy that governs; noted for commands. */
  governing?: { policy: Policy; groups: OwnerGroup[]; models: { name: string; path: string }[] };
  /** By model, of those that are evaluated for `headSha`. */
  judged?: Record<string, JudgedRecord>;
  /** Teams of those who approved, by login, of the teams that own something here. */
  teams: Record<string, string[]>;
  /** Ids of the commands whose effect is in this record already. */
  applied: string[];
  /** The drift issue that asked for this pull request, and by which command. */
  origin?: { issue: number; monitor: string; asked: 'retrain' | 'accept' };
};

/** How often the checks of data were asked for again, among the generations of models; no name of a model. */
export const DATA_GENERATION = '/data';

/** Id: `owner/name#number/<comment id or delivery>/<line>`. */
export type CommandRecord = {
  parsed: ParsedCommand;
  by: string;
  /** When it was heard. */
  at: number;
  writtenAt?: number;
  /** The comment to react and answer to; none for a button. */
  commentId?: number;
  handled: boolean;
};

/** Id: `owner/name/model/version`. */
export type VersionRecord = {
  model: Model;
  dataset: Dataset;
  version: string;
  commit: string;
  artifact: ArtifactRef;
  fingerprint: string;
  evaluationDigest: string;
  referenceDigest: string;
  registry: { reference: string; digest: string };
  releaseUrl: string;
  pull: number;
  createdAt: number;
  sweep?: SweepOutcome;
};

export type RolloutTarget = {
  version: string;
  reason: string;
  by: string;
  since: number;
  /** The same moment by the clock of monitors; alerts are in its time. */
  watchedFrom?: number;
  githubId?: number;
  /** What the deployment on GitHub says now. */
  told?: string;
};

/** Id: `owner/name/deployment`. */
export type RolloutRecord = {
  /** The version that answers when nothing is being rolled out. */
  current?: string;
  /** Versions that were current before, newest last. */
  previous: string[];
  /** Ids of the commands whose effect is in this record already. */
  applied: string[];
  /** Every version that was a target once: a version is rolled out by itself one time only. */
  seen: string[];
  /** What shall become current, and why. */
  target?: RolloutTarget;
  /** Deployments on GitHub that were given up for a newer target, and are not told so yet. */
  givenUp?: number[];
  /** The last end is not told yet to what waits for it. */
  ended?: boolean;
  state?: RolloutState;
  url?: string;
  /** How the last rollout ended. */
  last?: { version: string; outcome: 'live' | 'rolled-back'; reason: string; at: number };
};

/** Id: `owner/name/model/<hex of what it is bound to>`. */
export type WaiverRecord = GivenWaiver & {
  /** The gate as it was shown. */
  gate: string;
  pull: number;
};

/** Digests of the candidates that a holdout has judged, in the order of their first judgement. */
export type HoldoutRecord = { candidates: string[] };

/** What a page is made of besides the evaluation. */
export type ReportRecord = { model: string; gates: GateResult[]; evaluations?: number; predictions?: string };

export type Records = {
  repositories: Collection<RepositoryRecord>;
  bases: Collection<BaseRecord>;
  pulls: Collection<PullRecord>;
  commands: Collection<CommandRecord>;
  /** When a version was claimed, id as of the version: a push that is repeated must give the same manifest. */
  claims: Collection<{ at: number }>;
  versions: Collection<VersionRecord>;
  /** Values of finished trials by job, id as the key of the training: null where one reported none. */
  sweeps: Collection<{ values: Record<string, number | null> }>;
  waivers: Collection<WaiverRecord>;
  /** Id: `owner/name/model/<hex of a digest of the holdout>`. */
  holdouts: Collection<HoldoutRecord>;
  /** Evaluations that are shown as pages, by hex of their digest. */
  reports: Collection<ReportRecord>;
  /** Predictions that may be downloaded, by hex of their digest. */
  predictions: Collection<{ model: string }>;
  rollouts: Collection<RolloutRecord>;
  monitors: Collection<MonitorRecord>;
};

export function openRecords(documents: Documents): Records {
  return {
    repositories: openCollection(documents, 'repository'),
    bases: openCollection(documents, 'base'),
    pulls: openCollection(documents, 'pull'),
    commands: openCollection(documents, 'command'),
    claims: openCollection(documents, 'claim'),
    versions: openCollection(documents, 'version'),
    sweeps: openCollection(documents, 'sweep'),
    waivers: openCollection(documents, 'waiver'),
    holdouts: openCollection(documents, 'holdout'),
    reports: openCollection(documents, 'report'),
    predictions: openCollection(documents, 'predictions'),
    rollouts: openCollection(documents, 'rollout'),
    monitors: openCollection(documents, 'monitor'),
  };
}
