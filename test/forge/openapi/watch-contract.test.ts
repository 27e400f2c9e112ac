import { expect, test } from 'vitest';
import { githubExample } from './samples.ts';
import { watchContract } from './watch-contract.ts';

const watch = watchContract();
const good = {
  method: 'POST',
  path: '/repos/o/r/check-runs',
  query: '',
  requestBody: { name: 'plan', head_sha: '0123456789012345678901234567890123456789' },
  status: 201,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: githubExample('post', '/repos/{owner}/{repo}/check-runs', 201),
};

test('good traffic leaves no finding, and is counted', () => {
  watch.onExchange(good);
  expect(watch.findings()).toEqual([]);
  expect(watch.seen.exchanges).toBe(1);
});

test('what is wrong with a request, an answer or a webhook is found, each thing once', () => {
  for (let round = 0; round < 2; round += 1) {
    watch.onExchange({ ...good, requestBody: { ...good.requestBody, status: 'done' } });
    watch.onExchange({ ...good, body: { ...good.body, id: 'one' } });
    watch.onExchange({ ...good, method: 'GET', query: 'page=one' });
    watch.onDelivery({ event: 'pull_request', request: { payload: { action: 'pushed' } } });
  }
  expect(watch.findings()).toEqual([
    expect.stringContaining('/status must be equal to one of the allowed values'),
    expect.stringContaining('/id must be integer'),
    expect.stringContaining('GET /repos/o/r/check-runs?page=one is not an operation of GitHub'),
    expect.stringContaining('GET /repos/o/r/check-runs is not an operation of GitHub'),
    'pull_request.pushed is not a webhook of GitHub',
  ]);
  expect([...watch.seen.webhooks]).toEqual(['pull_request.pushed']);
});

test('a request that was refused as malformed is no finding, its answer is judged all the same', () => {
  const before = watch.findings().length;
  const refusal = { message: 'Validation Failed', documentation_url: 'https://docs.github.com/rest', errors: [] };
  watch.onExchange({ ...good, requestBody: { name: 1 }, status: 422, body: refusal });
  expect(watch.findings()).toHaveLength(before);
  watch.onExchange({ ...good, requestBody: undefined, status: 403, body: { message: 'no' } });
  expect(watch.findings()).toHaveLength(before + 1);
});
