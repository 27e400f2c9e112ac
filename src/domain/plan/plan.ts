import type { TreeEntry } from '../fingerprint/code-files.ts';
import type { Dataset, Repository } from '../spec/valid.ts';
import type { SweepSize } from '../sweep/sweep-size.ts';

/** What one commit declares, with all of its blobs. */
export type Snapshot = { repository: Repository; tree: readonly TreeEntry[] };

/** `affected`: unchanged itself, but something that it builds on changes. */
export type Change = 'new' | 'changed' | 'affected';

export type PlannedThing = { name: string; path: string; change: Change; reasons: string[] };

/** Which inputs of a model differ from the base; all of them for a new model. */
export type ChangedParts = { code: boolean; data: boolean; params: boolean; signature: boolean; evaluation: boolean };

export type PlannedModel = {
  name: string;
  path: string;
  change: 'new' | 'changed';
  /** In plain words: `params.epochs 20 → 30`, `code: models/flight-delay/train.mjs`, … */
  reasons: string[];
  /** Of the training run; the base's own when only evaluation, gates or signature changed. */
  fingerprint: string;
  parts: ChangedParts;
  runner: string;
  /** Longest that a training may take. */
  timeoutSeconds: number;
  sweep?: SweepSize;
  /** Trainings with a seed each, where there are several. */
  repeats?: number;
};

export type RemovedThing = { kind: 'Dataset' | 'Model' | 'Deployment' | 'Monitor'; name: string; path: string };

/** Plain data: what a change means, before anything is done about it. */
export type Plan = {
  /** `sha256:…` of what is planned, without the reasons: two bases may differ and lead to the same. */
  digest: string;
  empty: boolean;
  policyChanged: boolean;
  datasets: { name: string; path: string; change: 'new' | 'changed'; reasons: string[]; previous?: Dataset }[];
  models: PlannedModel[];
  deployments: PlannedThing[];
  monitors: PlannedThing[];
  removed: RemovedThing[];
  warnings: string[];
};
