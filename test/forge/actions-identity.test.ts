import { readFile } from 'node:fs/promises';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ActionsWorld, startActionsWorld } from './scenario/actions-world.ts';

let world: ActionsWorld;

beforeAll(async () => {
  world = await startActionsWorld();
});

afterAll(() => world?.close());

/** Runs a job that asks for an identity, and gives the answer's claims with what it asked with. */
const ask = async (file: string, environment: string) => {
  await world.workflow(
    `${file}.yml`,
    `name: ${file}
on: workflow_dispatch
permissions: { id-token: write }
jobs:
  a:
    runs-on: self-hosted
    ${environment}
    steps:
      - run: |
          curl -s -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL" > "$RUNNER_TOOL_CACHE/answer"
          echo "$ACTIONS_ID_TOKEN_REQUEST_URL $ACTIONS_ID_TOKEN_REQUEST_TOKEN" > "$RUNNER_TOOL_CACHE/asked"
          echo "the bearer is $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
`,
  );
  const id = await world.dispatch(`${file}.yml`);
  expect((await world.completed(id)).conclusion).toBe('success');
  const tools = `${world.folder}/forge/runners/machine/_work/_tool`;
  const [url = '', bearer = ''] = (await readFile(`${tools}/asked`, 'utf8')).trim().split(' ');
  const { value } = JSON.parse(await readFile(`${tools}/answer`, 'utf8')) as { value: string };
  expect(await world.log(world.jobs(id)[0]!.id)).toContain('the bearer is ***');
  return { claims: decodeJwt(value), url, bearer };
};

test('without an audience it is the owner’s address, and an environment is the subject', async () => {
  world.forge.setOidcLifetime(7);
  const { claims } = await ask('deploy', 'environment: { name: production }');
  expect(claims).toMatchObject({
    aud: `${world.forge.url}/acme`,
    sub: 'repo:acme/models:environment:production',
    environment: 'production',
  });
  expect(claims.exp! - claims.iat!).toBe(7);
});

test('each token has an id of its own, and none is given to who is no running job', async () => {
  const first = await ask('once', '');
  const second = await ask('twice', '');
  expect(first.claims.jti).not.toBe(second.claims.jti);
  const asAgain = (bearer: string) => fetch(second.url, { headers: { authorization: `Bearer ${bearer}` } });
  expect((await asAgain(second.bearer)).status).toBe(401);
  expect((await asAgain('made-up')).status).toBe(401);
  expect((await fetch(second.url)).status).toBe(401);
});
