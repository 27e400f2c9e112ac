import { describe, expect, test } from 'vitest';
import type { Approval } from '../../../src/domain/approvals/approval.ts';
import { judgeApproval } from '../../../src/domain/approvals/judge-approval.ts';
import { ownedPaths, requiredOwners, teamsOf } from '../../../src/domain/approvals/required-owners.ts';
import type { Role } from '../../../src/domain/approvals/role.ts';
import { approvalsMissing, standingApprovals } from '../../../src/domain/approvals/standing-approvals.ts';
import { buildPlan } from '../../../src/domain/plan/build-plan.ts';
import { flightPolicy, MODEL, snapshotOf } from '../spec/flights.ts';

const owners = 'owners: { default: ["owner", "@acme/ml"], "models/**": ["@acme/ml"], "models/credit/**": ["@risk"] }';
const policyWith = (text: string) => flightPolicy({ 'sluice.yaml': [[/owners: .*\n/, `${text}\n`]] });
const policy = policyWith(owners);

describe('owners', () => {
  test('the last pattern that matches decides', () => {
    const groups = requiredOwners(policy, ['models/credit/model.yaml', 'models/x/model.yaml', 'data/x.yaml']);
    expect(groups).toEqual([
      { owners: ['@owner', '@acme/ml'], paths: ['data/x.yaml'] },
      { owners: ['@risk'], paths: ['models/credit/model.yaml'] },
      { owners: ['@acme/ml'], paths: ['models/x/model.yaml'] },
    ]);
    expect(teamsOf(groups)).toEqual(['acme/ml']);
  });

  test('the policy itself belongs to the default owners, whatever the patterns say', () => {
    const sly = policyWith('owners: { default: ["owner"], "*.yaml": ["author"] }');
    expect(requiredOwners(sly, ['sluice.yaml', 'x.yaml'])).toEqual([
      { owners: ['@owner'], paths: ['sluice.yaml'] },
      { owners: ['@author'], paths: ['x.yaml'] },
    ]);
  });

  test('of a plan: what changes itself, not what is only affected', () => {
    const base = snapshotOf();
    const changed = snapshotOf({ [MODEL]: [['epochs: 3', 'epochs: 4']] });
    expect(ownedPaths(buildPlan({ base, head: changed }), policy)).toEqual([MODEL]);
    const loosened = {
      ...base,
      tree: base.tree.map((entry) => (entry.path === 'sluice.yaml' ? { ...entry, sha: 'x' } : entry)),
    };
    expect(ownedPaths(buildPlan({ base, head: loosened }), policy)).toEqual(['sluice.yaml']);
  });
});

describe('an approval by', () => {
  const judge = (
    approver: string,
    role: Role,
    more: { teams?: string[]; allowAuthor?: boolean; paths?: string[] } = {},
  ) =>
    judgeApproval({
      author: 'author',
      approver,
      role,
      teams: more.teams ?? [],
      groups: requiredOwners(policy, more.paths ?? ['data/x.yaml']),
      policy: { ...policy, approvals: { required: 1, allowAuthor: more.allowAuthor ?? false } },
    });

  test.each<[string, Parameters<typeof judge>, true | RegExp]>([
    ['an owner', ['owner', 'write'], true],
    ['an owner in capitals', ['OWNER', 'write'], true],
    ['a member of an owning team', ['member', 'write', { teams: ['acme/ml'] }], true],
    ['a stranger', ['stranger', 'none'], /write access/],
    ['an owner who may only read', ['owner', 'read'], /write access/],
    ['a writer who owns nothing here', ['writer', 'write'], /only an owner can approve: acme\/ml, owner/],
    ['an administrator who owns nothing here', ['admin', 'admin'], /only an owner/],
    ['the author', ['author', 'admin', { teams: ['acme/ml'] }], /author/],
    ['the author in capitals', ['Author', 'admin', { teams: ['acme/ml'] }], /author/],
    ['the author where that is allowed', ['author', 'admin', { teams: ['acme/ml'], allowAuthor: true }], true],
    ['an app', ['sluice[bot]', 'admin', { teams: ['acme/ml'] }], /app/],
    ['the owner of something else', ['owner', 'write', { paths: ['models/credit/model.yaml'] }], /only an owner/],
  ])('%s', (_who, question, expected) => {
    const verdict = judge(...question);
    expect(verdict).toEqual(expected === true ? { ok: true } : { ok: false, reason: expect.stringMatching(expected) });
  });

  test('anyone who may write, where the policy names no owners', () => {
    const open = policyWith('');
    const question = {
      author: 'author',
      approver: 'writer',
      teams: [],
      groups: requiredOwners(open, ['x']),
      policy: open,
    };
    expect(judgeApproval({ ...question, role: 'write' })).toEqual({ ok: true });
    expect(judgeApproval({ ...question, role: 'triage' })).toMatchObject({ ok: false });
  });
});

describe('standing', () => {
  const now = { headSha: 'a1', planDigest: 'p1', evidenceDigest: 'e1' };
  const approval = (by: string, at: number, change: Partial<Approval> = {}): Approval => ({
    by,
    at,
    ...now,
    ...change,
  });

  test('an approval counts for exactly what it was given for', () => {
    const given = [
      approval('a', 1),
      approval('b', 2, { headSha: 'a0' }),
      approval('c', 3, { planDigest: 'p0' }),
      approval('d', 4, { evidenceDigest: 'e0' }),
    ];
    const { valid, stale } = standingApprovals(given, now);
    expect(valid.map(({ by }) => by)).toEqual(['a']);
    expect(stale.map(({ approval: { by }, reason }) => `${by}: ${reason}`)).toEqual([
      'b: there are newer commits',
      'c: the plan has changed',
      'd: the results have changed',
    ]);
  });

  test('of several by one person the newest counts', () => {
    const { valid, stale } = standingApprovals([approval('A', 5), approval('a', 1, { headSha: 'a0' })], now);
    expect(valid).toHaveLength(1);
    expect(stale).toEqual([]);
  });

  test('every group needs one of its owners, and the number of people counts over all', () => {
    const groups = requiredOwners(policy, ['data/x.yaml', 'models/credit/model.yaml']);
    const two = { ...policy, approvals: { required: 2, allowAuthor: false } };
    const teams = new Map([['member', ['acme/ml']]]);
    expect(approvalsMissing([], groups, two)).toMatchObject({ satisfied: false, count: 2, groups });
    expect(approvalsMissing([approval('owner', 1)], groups, policy)).toEqual({
      satisfied: false,
      count: 1,
      groups: [{ owners: ['@risk'], paths: ['models/credit/model.yaml'] }],
    });
    expect(approvalsMissing([approval('owner', 1), approval('member', 2)], groups, two, teams).satisfied).toBe(false);
    expect(approvalsMissing([approval('owner', 1), approval('risk', 2)], groups, two)).toMatchObject({
      satisfied: true,
    });
    expect(approvalsMissing([approval('stranger', 1)], groups, policy)).toMatchObject({ count: 1, groups });
  });

  test('none are needed where the policy asks for none', () => {
    const none = { ...policy, approvals: { required: 0, allowAuthor: false } };
    expect(approvalsMissing([], requiredOwners(none, ['x']), none)).toEqual({ satisfied: true, count: 0, groups: [] });
  });
});
