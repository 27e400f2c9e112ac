import type { PullRecord } from '../records.ts';

export const EMPTY_PULL: PullRecord = {
  headSha: '',
  planDigest: '',
  evidenceDigest: '',
  approvals: [],
  teams: {},
  applied: [],
  generations: {},
  checks: {},
  notes: [],
};
