import { describe, expect, test } from 'vitest';
import { createGitHubContract } from './github-contract.ts';
import { githubExample } from './samples.ts';

const contract = createGitHubContract();
const sha = '0123456789012345678901234567890123456789';

describe('requests', () => {
  const create = (body: object) => contract.checkRequest({ method: 'POST', path: '/repos/o/r/check-runs', body });

  test('a check run as GitHub documents it is accepted', () => {
    const output = { title: 'Plan', summary: 'x'.repeat(65_535), annotations: [], images: [] };
    const actions = [{ label: 'Approve', description: 'Approve this version', identifier: 'approve' }];
    const done = { status: 'completed', conclusion: 'success', completed_at: '2001-06-01T00:00:00Z' };
    expect(create({ name: 'sluice/plan', head_sha: sha, external_id: 'k', output, actions, ...done })).toEqual([]);
  });

  const annotation = { path: 'a', start_line: 1, end_line: 2, annotation_level: 'failure', message: 'm' };
  const action = { label: 'a', description: 'b', identifier: 'c' };
  const output = { title: 't', summary: 's' };
  test.each([
    ['no name', { head_sha: sha, name: undefined }, "required property 'name'"],
    ['completed without a conclusion', { status: 'completed' }, '/conclusion is required'],
    ['an unknown conclusion', { status: 'completed', conclusion: 'passed' }, 'allowed values'],
    ['a long summary', { output: { ...output, summary: 'x'.repeat(65_536) } }, '65535'],
    ['a long text', { output: { ...output, text: 'x'.repeat(65_536) } }, '65535'],
    ['51 annotations', { output: { ...output, annotations: Array(51).fill(annotation) } }, '50'],
    [
      'an annotation level of our own',
      { output: { ...output, annotations: [{ ...annotation, annotation_level: 'error' }] } },
      'allowed',
    ],
    [
      'columns over several lines',
      { output: { ...output, annotations: [{ ...annotation, start_column: 1 }] } },
      'columns',
    ],
    ['four actions', { actions: Array(4).fill(action) }, '3'],
    ['a long label', { actions: [{ ...action, label: 'x'.repeat(21) }] }, '20'],
    ['a long description', { actions: [{ ...action, description: 'x'.repeat(41) }] }, '40'],
    ['a long identifier', { actions: [{ ...action, identifier: 'x'.repeat(21) }] }, '20'],
    ['a misspelt property', { extrenal_id: 'x' }, 'is not a property'],
    ['a misspelt property further in', { output: { ...output, markdown: 'x' } }, '/output/markdown is not a property'],
  ])('%s is refused', (_, change, message) => {
    const body = JSON.parse(JSON.stringify({ name: 'n', head_sha: sha, ...change }));
    expect(create(body)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['GET', '/repos/o/r/check-run/1', undefined, 'not an operation of GitHub'],
    ['GET', '/repos/o/r/issues?state=opened', undefined, 'allowed values'],
    ['GET', '/repos/o/r/issues?per_page=101', undefined, 'at most 100'],
    ['GET', '/repos/o/r/issues?pages=2', undefined, '?pages is not a parameter'],
    ['POST', '/repos/o/r/git/refs', undefined, 'has no body'],
    ['PUT', '/repos/o/r/pulls/1/merge', { merge_method: 'fast-forward' }, 'allowed values'],
    ['POST', '/repos/o/r/deployments/1/statuses', { state: 'success', description: 'x'.repeat(141) }, 'at most 140'],
    ['POST', '/repos/o/r/deployments/1/statuses', { state: 'done' }, 'allowed values'],
    ['POST', '/repos/o/r/issues/comments/1/reactions', { content: 'thumbsup' }, 'allowed values'],
    ['POST', '/graphql', { queri: '{ viewer { login } }' }, 'query'],
  ])('%s %s is refused', (method, path, body, message) => {
    expect(contract.checkRequest({ method, path, body }).join('\n')).toContain(message);
  });

  test('paths with slashes in a parameter find their operation, the most specific template first', () => {
    for (const path of [
      '/repos/o/r/contents/models/flight-delay.yaml?ref=main',
      '/repos/o/r/git/ref/tags/flight-delay@v1.0.0',
      '/repos/o/r/compare/main...topic/a',
      '/repos/o/r/releases/latest',
      '/repos/o/r/installation',
    ]) {
      expect(contract.checkRequest({ method: 'GET', path })).toEqual([]);
    }
    const latest = contract.checkResponse({ method: 'GET', path: '/repos/o/r/releases/latest', status: 200, body: {} });
    expect(latest[0]).toContain('GET /repos/{owner}/{repo}/releases/latest → 200');
  });
});

describe('answers', () => {
  test.each([
    ['post', '/repos/{owner}/{repo}/check-runs', 201],
    ['get', '/repos/{owner}/{repo}/commits/{ref}/check-runs', 200],
    ['put', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', 200],
    ['post', '/repos/{owner}/{repo}/issues/{issue_number}/comments', 201],
    ['get', '/repos/{owner}/{repo}/git/ref/{ref}', 200],
    ['get', '/repos/{owner}/{repo}/contents/{path}', 200],
    ['post', '/repos/{owner}/{repo}/releases', 201],
    ['post', '/repos/{owner}/{repo}/deployments', 201],
    ['post', '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses', 201],
    ['get', '/app/hook/deliveries', 200],
    ['post', '/app/installations/{installation_id}/access_tokens', 201],
  ])(
    "GitHub's own example of %s %s is accepted, and refused once something is missing or wrong",
    (method, template, status) => {
      const path = template.replace(/\{[^}]+\}/g, '1');
      const check = (body: unknown) => contract.checkResponse({ method, path, status, body });
      const good = githubExample(method, template, status);
      expect(check(good)).toEqual([]);
      const key = Object.keys(good).find((name) => !['description', 'actions'].includes(name))!;
      const spoil = Array.isArray(good) ? [{ ...(good[0] as object), id: 'one' }] : { ...good, [key]: { not: 'this' } };
      expect(check(spoil)).not.toEqual([]);
      expect(check({})).not.toEqual([]);
      expect(check(undefined)).not.toEqual([]);
    },
  );

  test('a status that the operation never answers with is refused', () => {
    const good = githubExample('post', '/repos/{owner}/{repo}/check-runs', 201);
    const answer = { method: 'POST', path: '/repos/o/r/check-runs', body: good };
    expect(contract.checkResponse({ ...answer, status: 200 })).toEqual([expect.stringContaining('not a status')]);
  });

  test('null is accepted where GitHub says nullable and only there', () => {
    const good = githubExample('post', '/repos/{owner}/{repo}/check-runs', 201);
    const check = (body: unknown) =>
      contract.checkResponse({ method: 'POST', path: '/repos/o/r/check-runs', status: 201, body });
    expect(check({ ...good, conclusion: null, completed_at: null })).toEqual([]);
    expect(check({ ...good, status: null })).not.toEqual([]);
  });

  test('errors need a message and the address of the documentation, whatever the operation', () => {
    const answer = { method: 'GET', path: '/repos/o/r/check-runs/1' };
    const good = { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' };
    expect(contract.checkResponse({ ...answer, status: 401, body: good })).toEqual([]);
    expect(contract.checkResponse({ ...answer, status: 401, body: { error: 'no' } })).not.toEqual([]);
    expect(contract.checkResponse({ method: 'GET', path: '/nothing', status: 200, body: {} })).not.toEqual([]);
    expect(contract.checkResponse({ method: 'GET', path: '/nothing', status: 404, body: good })).toEqual([]);
  });

  test('an empty answer stays empty', () => {
    const answer = { method: 'DELETE', path: '/repos/o/r/git/refs/heads/topic', status: 204 };
    expect(contract.checkResponse(answer)).toEqual([]);
    expect(contract.checkResponse({ ...answer, body: { ok: true } })).not.toEqual([]);
  });
});

describe('webhooks', () => {
  test('an event or action that GitHub does not send is refused', () => {
    expect(contract.checkWebhook('pull_request', { action: 'pushed' })).toEqual([
      'pull_request.pushed is not a webhook of GitHub',
    ]);
    expect(contract.checkWebhook('pull_requests', { action: 'opened' })).not.toEqual([]);
  });

  test.each(['check_run.requested_action', 'check_suite.requested', 'issue_comment.created', 'issues.opened'])(
    '%s without its objects is refused',
    (name) => {
      const [event = '', action] = name.split('.');
      expect(contract.checkWebhook(event, { action }).join('\n')).toContain("required property 'repository'");
    },
  );

  test('a push needs all that GitHub promises', () => {
    expect(contract.checkWebhook('push', { ref: 'refs/heads/main' }).join('\n')).toContain("required property 'after'");
  });
});
