import { describe, expect, it } from 'vitest';
import { actionAsked, commentAsked } from '../../../src/domain/events/asked.ts';
import { factsOf } from '../../../src/domain/events/facts.ts';
import { type EventKey, keysOf } from '../../../src/domain/events/keys.ts';

const repository = 'acme/flights';
const uuid = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const common = {
  repository: { full_name: repository, default_branch: 'main' },
  installation: { id: 5 },
  sender: { login: 'author', type: 'User' },
};
const bot = { login: 'sluice[bot]', type: 'Bot' };
const pull: EventKey = { kind: 'pull', repository, number: 7 };
const head: EventKey = { kind: 'head', repository, sha: 'abc' };
const check = { id: 3, name: 'sluice/plan', head_sha: 'abc', external_id: 'k', pull_requests: [{ number: 7 }] };

describe('keysOf', () => {
  const cases: [string, string, object, EventKey[]][] = [
    ['an opened pull request', 'pull_request', { action: 'opened', pull_request: { number: 7 } }, [pull]],
    ['a push to it', 'pull_request', { action: 'synchronize', pull_request: { number: 7 } }, [pull]],
    ['its merge', 'pull_request', { action: 'closed', pull_request: { number: 7 } }, [pull]],
    ['a label', 'pull_request', { action: 'labeled', pull_request: { number: 7 } }, []],
    ['a comment on it', 'issue_comment', { action: 'created', issue: { number: 7, pull_request: {} } }, [pull]],
    [
      'a comment on an issue',
      'issue_comment',
      { action: 'created', issue: { number: 8 } },
      [{ kind: 'issue', repository, number: 8 }],
    ],
    ['an edited comment', 'issue_comment', { action: 'edited', issue: { number: 7, pull_request: {} } }, []],
    ['a comment of ours', 'issue_comment', { action: 'created', issue: { number: 7 }, sender: bot }, []],
    [
      'a closed issue',
      'issues',
      { action: 'closed', issue: { number: 8 } },
      [{ kind: 'issue', repository, number: 8 }],
    ],
    ['an issue closed by us', 'issues', { action: 'closed', issue: { number: 8 }, sender: bot }, []],
    ['a push', 'push', { ref: 'refs/heads/team/main' }, [{ kind: 'branch', repository, branch: 'team/main' }]],
    ['a deleted branch', 'push', { ref: 'refs/heads/topic', deleted: true }, []],
    ['a pushed tag', 'push', { ref: 'refs/tags/v1' }, []],
    ['a check to run again', 'check_run', { action: 'rerequested', check_run: check }, [pull, head]],
    ['a button', 'check_run', { action: 'requested_action', check_run: check }, [pull, head]],
    ['a check of a fork', 'check_run', { action: 'rerequested', check_run: { ...check, pull_requests: [] } }, [head]],
    ['a check that we made', 'check_run', { action: 'created', check_run: check }, []],
    ['a suite to run again', 'check_suite', { action: 'rerequested', check_suite: check }, [pull, head]],
    [
      'a run of ours that is over',
      'workflow_run',
      { action: 'completed', workflow_run: { id: 9, display_title: `sluice ${uuid}.2`, run_attempt: 3 } },
      [{ kind: 'run', repository, runId: 9, runAttempt: 3, job: uuid, over: true }],
    ],
    [
      'a run of any title that begins',
      'workflow_run',
      { action: 'in_progress', workflow_run: { id: 9, display_title: 'Tests' } },
      [{ kind: 'run', repository, runId: 9, runAttempt: 1, over: false }],
    ],
    [
      'a job of a run',
      'workflow_job',
      { action: 'queued', workflow_job: { run_id: 9, run_attempt: 1 } },
      [{ kind: 'run', repository, runId: 9, runAttempt: 1, over: false }],
    ],
    ['a star', 'star', { action: 'created' }, []],
    ['another repository name', 'push', { ref: 'refs/heads/main', repository: { full_name: 'a/b/../c' } }, []],
  ];
  it.each(cases)('%s', (_, event, payload, expected) => {
    expect(keysOf(event, { ...common, ...payload })).toEqual(expected);
  });

  it.each([[undefined], [null], [3], ['text'], [{}], [[]]])('reads nothing into %s', (payload) => {
    for (const event of ['push', 'pull_request', 'check_run', 'constructor', 'toString']) {
      expect(keysOf(event, payload)).toEqual([]);
    }
  });
});

describe('factsOf', () => {
  it('remembers the installation and whose head a commit is', () => {
    const payload = { ...common, action: 'synchronize', pull_request: { number: 7, head: { sha: 'abc' } } };
    expect(factsOf('pull_request', payload)).toEqual({
      repository: { id: repository, installationId: 5, defaultBranch: 'main' },
      head: { repository, sha: 'abc', pull: 7 },
      installationsChanged: false,
    });
  });

  it.each(['installation', 'installation_repositories', 'repository'])('%s changes what is in reach', (event) => {
    expect(factsOf(event, { installation: { id: 5 } }).installationsChanged).toBe(true);
  });
});

describe('what people ask', () => {
  const comment = { id: 11, body: '/approve', user: { login: 'author', type: 'User' } };
  const written = { ...common, action: 'created', comment, issue: { number: 7, pull_request: {} } };

  it('reads a new comment', () => {
    expect(commentAsked('issue_comment', written)).toEqual({
      repository,
      installationId: 5,
      number: 7,
      onPull: true,
      commentId: 11,
      body: '/approve',
      by: 'author',
    });
  });

  it.each([
    ['an edited one', { action: 'edited' }],
    ['one of a bot', { sender: bot }],
    ['one that a bot wrote in the name of somebody', { comment: { ...comment, user: bot } }],
  ])('ignores %s', (_, change) => {
    expect(commentAsked('issue_comment', { ...written, ...change })).toBeUndefined();
  });

  it('reads a button', () => {
    const pressed = {
      ...common,
      action: 'requested_action',
      check_run: check,
      requested_action: { identifier: 'cancel' },
    };
    expect(actionAsked('check_run', pressed)).toEqual({
      repository,
      installationId: 5,
      checkRunId: 3,
      checkName: 'sluice/plan',
      checkKey: 'k',
      sha: 'abc',
      identifier: 'cancel',
      pulls: [7],
      by: 'author',
    });
  });
});
