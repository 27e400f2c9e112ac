import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

let world: ForgeWorld;
let head: string;

type Blob = { text: string | null; isTruncated: boolean; isBinary: boolean; byteSize: number };

beforeAll(async () => {
  world = await startForgeWorld();
  head = await world.forge.importFiles(
    'acme/models',
    'main',
    {
      'big.txt': 'y'.repeat(600_000),
      'model.bin': Buffer.from([1, 0, 2]),
      ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`specs/${index}.yaml`, `n: ${index}\n`])),
    },
    'Fill',
    'owner',
  );
});

afterAll(() => world?.close());

const repository = (selection: string, variables: object = {}, head = '') =>
  world.installation.graphql<{ repository: Record<string, unknown> }>(
    `query Read${head} { repository(owner: "acme", name: "models") { ${selection} } }`,
    { ...variables },
  );

test('many files come in one request', async () => {
  world.forge.clearRequestLog();
  const fields = Array.from(
    { length: 100 },
    (_, index) => `f${index}: object(expression: "${head}:specs/${index}.yaml") { ...text }`,
  );
  const query = `query { repository(owner: "acme", name: "models") { ${fields.join('\n')} } }
    fragment text on Blob { text isTruncated }`;
  const answer = await world.installation.graphql<{ repository: Record<string, Blob> }>(query);
  expect(Object.values(answer.repository).map((blob) => blob.text)).toEqual(
    Array.from({ length: 100 }, (_, index) => `n: ${index}\n`),
  );
  expect(world.forge.requestLog()).toHaveLength(1);
});

test('text is cut at 512,000 bytes, binary has none, and what is missing is null', async () => {
  const blob = '{ ... on Blob { text isTruncated isBinary byteSize } }';
  const { repository: found } = await repository(
    `big: object(expression: $big) ${blob} bin: object(expression: "main:model.bin") ${blob}
     none: object(expression: "main:none") ${blob}`,
    { big: `${head}:big.txt` },
    '($big: String!)',
  );
  const big = found.big as Blob;
  expect([big.text?.length, big.isTruncated, big.byteSize]).toEqual([512_000, true, 600_000]);
  expect(found.bin).toEqual({ text: null, isTruncated: false, isBinary: true, byteSize: 3 });
  expect(found.none).toBeNull();
});

test('trees, refs and conditions', async () => {
  const { repository: found } = await repository(
    `tree: object(expression: "main:models") { __typename ... on Tree { entries { name type object { ... on Blob { text } } } } }
     ref(qualifiedName: "refs/heads/main") { name target { oid ... on Commit { messageHeadline } } }
     skipped: name @skip(if: $yes) kept: name @include(if: $yes)`,
    { yes: true },
    '($yes: Boolean = false)',
  );
  expect(found).toEqual({
    tree: { __typename: 'Tree', entries: [{ name: 'delay.yaml', type: 'blob', object: { text: 'epochs: 5\n' } }] },
    ref: { name: 'main', target: { oid: head, messageHeadline: 'Fill' } },
    kept: 'models',
  });
});

test('a pull request with its files', async () => {
  await world.forge.importFiles(
    'acme/models',
    'topic',
    { 'models/delay.yaml': 'epochs: 6\n', n: 'x' },
    'Six',
    'author',
  );
  const at = { owner: 'acme', repo: 'models' };
  const { data } = await world.author.rest.pulls.create({
    ...at,
    head: 'topic',
    base: 'main',
    title: 'Six',
    draft: true,
  });
  const { repository: found } = await repository(
    `pullRequest(number: ${data.number}) { id state isDraft headRefOid baseRefName mergeable author { login }
       files(first: 1) { totalCount nodes { path changeType } pageInfo { hasNextPage endCursor } } }`,
  );
  const pull = found.pullRequest as Record<string, unknown>;
  expect(pull).toMatchObject({
    state: 'OPEN',
    isDraft: true,
    headRefOid: data.head.sha,
    mergeable: 'MERGEABLE',
    author: { login: 'author' },
    files: {
      totalCount: 2,
      nodes: [{ path: 'models/delay.yaml', changeType: 'MODIFIED' }],
      pageInfo: { hasNextPage: true },
    },
  });
  const ready =
    'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }';
  expect(await world.author.graphql(ready, { id: pull.id })).toEqual({
    markPullRequestReadyForReview: { pullRequest: { isDraft: false } },
  });
});

test('errors name the field or what was not found', async () => {
  await expect(repository('nonsense')).rejects.toThrow("Field 'nonsense' doesn't exist on type 'Repository'");
  await expect(repository('pullRequest(number: 999) { id }')).rejects.toMatchObject({
    errors: [{ type: 'NOT_FOUND' }],
  });
  const elsewhere = world.installation.graphql('{ repository(owner: "acme", name: "nothing") { id } }');
  await expect(elsewhere).rejects.toMatchObject({ errors: [{ type: 'NOT_FOUND', path: ['repository'] }] });
  await expect(world.installation.graphql('{ repository(')).rejects.toThrow('Unexpected end');
  const { installationId: installation_id } = world;
  const permissions = { issues: 'read' } as const;
  const { data } = await world.app.rest.apps.createInstallationAccessToken({ installation_id, permissions });
  const blind = world
    .client(data.token)
    .graphql('{ repository(owner: "acme", name: "models") { object(expression: "main") { oid } } }');
  await expect(blind).rejects.toMatchObject({ errors: [{ type: 'FORBIDDEN' }] });
});
