import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileMarkdown } from './hostile-markdown.ts';
import { pushWithGit } from './scenario/drive-code.ts';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

let world: ForgeWorld;
let pull: number;
let checkRun: number;
let sha: string;

const base = '/acme/models';

const get = async (path: string, as?: string): Promise<{ status: number; html: string }> => {
  const headers: Record<string, string> = as ? { cookie: `forge_user=${as}` } : {};
  const response = await fetch(world.forge.url + path, { headers });
  return { status: response.status, html: await response.text() };
};

const post = async (path: string, fields: Record<string, string>, as?: string) => {
  const headers: Record<string, string> = { origin: world.forge.url, 'sec-fetch-site': 'same-origin' };
  if (as) headers.cookie = `forge_user=${as}`;
  const body = new URLSearchParams(fields);
  const response = await fetch(world.forge.url + path, { method: 'POST', headers, body, redirect: 'manual' });
  return {
    status: response.status,
    location: response.headers.get('location'),
    cookie: response.headers.get('set-cookie'),
  };
};

/** The form on a page with this button, as a browser would send it. */
const press = async (path: string, button: RegExp, as: string, typed: Record<string, string> = {}) => {
  const { html } = await get(path, as);
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((each) => button.test(each));
  if (!form) throw new Error(`no ${button} on ${path} for ${as}`);
  const action = /action="([^"]+)"/.exec(form)![1]!;
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<(?:input|button|select)[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name) fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? /<option value="([^"]*)"/.exec(form)?.[1] ?? '';
  }
  const answer = await post(action, { ...fields, ...typed }, as);
  await world.forge.idle();
  return answer;
};

const lastHook = (event: string, action: string) =>
  world.received.filter((hook) => hook.event === event && hook.payload.action === action).at(-1)?.payload;

beforeAll(async () => {
  world = await startForgeWorld();
  sha = await pushWithGit(world, 'topic/epochs', { 'models/delay.yaml': 'epochs: 80\n' });
  const at = { owner: world.owner, repo: world.repo };
  const opened = {
    ...at,
    title: 'Train <longer>',
    body: 'Because **more** is more.',
    head: 'topic/epochs',
    base: 'main',
  };
  pull = (await world.author.request('POST /repos/{owner}/{repo}/pulls', opened)).data.number;
  const made = await world.installation.request('POST /repos/{owner}/{repo}/check-runs', {
    ...at,
    name: 'gatekeeper/plan',
    head_sha: sha,
    status: 'completed',
    conclusion: 'action_required',
    output: {
      title: 'Too many epochs',
      summary: '| metric | value |\n|---|--:|\n| AUC | **0.74** |\n\n<details><summary>Slices</summary>none</details>',
      text: '<!-- hidden -->\nThe *text*.',
      annotations: [
        {
          path: 'models/delay.yaml',
          start_line: 1,
          end_line: 1,
          annotation_level: 'failure',
          message: 'At most 50 <b>.',
        },
      ],
      images: [{ alt: 'Loss curve', image_url: 'https://example.com/loss.svg' }],
    },
    actions: [{ label: 'Approve', description: 'Approve this plan', identifier: 'approve-it' }],
  });
  checkRun = Number(made.data.id);
});

afterAll(() => world?.close());

describe('what is shown', () => {
  test('the repository: tree, README, branches, commits, files', async () => {
    const { html } = await get(base);
    expect(html).toContain('href="/acme/models/tree/main/models"');
    expect(html).toContain('<th>model</th>');
    expect((await get(`${base}/blob/main/models/delay.yaml`)).html).toContain('epochs: 5');
    expect((await get(`${base}/tree/topic/epochs/models`)).html).toContain('delay.yaml');
    expect((await get(`${base}/branches`)).html).toContain('topic/epochs');
    expect((await get(`${base}/commits/main`)).html).toContain('Start');
    expect((await get(`${base}/commit/${sha}`)).html).toContain('+epochs: 80');
    expect((await get('/')).html).toContain('Models of the company');
  });

  test('the pull request: conversation, commits, files with annotations, checks', async () => {
    const { html } = await get(`${base}/pull/${pull}`, 'owner');
    expect(html).toContain('Train &lt;longer&gt;');
    expect(html).toContain('Because <strong>more</strong> is more.');
    expect(html).toContain('aria-label="action required"');
    expect(html).toContain('No conflicts with the base branch.');
    const files = (await get(`${base}/pull/${pull}/files`)).html;
    expect(files).toMatch(/\+epochs: 80[\s\S]*At most 50 &lt;b&gt;\.[\s\S]*/);
    expect((await get(`${base}/pull/${pull}/commits`)).html).toContain(sha.slice(0, 7));
    expect((await get(`${base}/pulls`)).html).toContain('Train &lt;longer&gt;');
    expect((await get(`${base}/issues/${pull}`)).html).toContain('wants to merge');
  });

  test('a check run: rendered Markdown, annotations on their line, images, no hidden comments', async () => {
    for (const path of [`${base}/pull/${pull}/checks`, `${base}/runs/${checkRun}`, `${base}/commit/${sha}/checks`]) {
      const { html } = await get(path, 'owner');
      expect(html).toContain('<td align="right"><strong>0.74</strong></td>');
      expect(html).toContain('<details><summary>Slices</summary>none</details>');
      expect(html).toContain('The <em>text</em>.');
      expect(html).not.toContain('hidden -->');
      expect(html).toContain(`href="${base}/blob/${sha}/models/delay.yaml#L1"`);
      expect(html).toContain('<pre>epochs: 80</pre>');
      expect(html).toContain('<img src="https://example.com/loss.svg" alt="Loss curve">');
    }
  });

  test('releases, deployments, deliveries and the app', async () => {
    const at = { owner: world.owner, repo: world.repo };
    const release = { ...at, tag_name: 'delay@v1.0.0', name: 'delay 1.0.0', body: '## Model card' };
    await world.installation.request('POST /repos/{owner}/{repo}/releases', release);
    const wanted = { ...at, ref: 'main', environment: 'production', required_contexts: [], auto_merge: false };
    const { data } = await world.installation.request('POST /repos/{owner}/{repo}/deployments', wanted);
    const status = {
      ...at,
      deployment_id: (data as { id: number }).id,
      state: 'in_progress',
      description: 'canary 10 %',
    } as const;
    await world.installation.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', status);
    expect((await get(`${base}/releases`)).html).toContain('<h2>Model card</h2>');
    expect((await get(`${base}/releases/tag/delay@v1.0.0`)).html).toContain('delay 1.0.0');
    expect((await get(`${base}/deployments/production`)).html).toContain('canary 10 %');
    expect((await get('/settings/apps/gatekeeper/deliveries')).html).toContain('deployment_status.created');
    expect((await get('/apps/gatekeeper')).html).toContain('pull_requests');
  });

  test('images of a repository are served as images, everything else as text, and nothing may act', async () => {
    const files = {
      'docs/a.svg': '<svg onload="x()"/>',
      'docs/page.html': '<script>x()</script>',
      'docs/README.md': '![a](a.svg)',
    };
    await world.forge.importFiles('acme/models', 'main', files, 'Add pictures', 'owner');
    expect((await get(`${base}/tree/main/docs`)).html).toContain(`src="${base}/raw/main/docs/a.svg"`);
    for (const [name, type] of [
      ['a.svg', 'image/svg+xml'],
      ['page.html', 'text/plain; charset=utf-8'],
    ]) {
      const { headers } = await fetch(`${world.forge.url}${base}/raw/main/docs/${name}`);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('content-security-policy')).toContain('sandbox');
    }
    expect((await fetch(`${world.forge.url}${base}/raw/main/docs/none.svg`)).status).toBe(404);
  });

  test('what is not there, or is not for everyone, is not found', async () => {
    expect((await get(`${base}/pull/99`)).status).toBe(404);
    expect((await get('/acme/nothing')).status).toBe(404);
    expect((await get('/acme/%zz')).status).toBe(404);
    expect((await get(`${base}/blob/main/nothing`)).status).toBe(404);
    await world.forge.createRepository({ owner: 'acme', name: 'secret', private: true });
    expect((await get('/acme/secret')).status).toBe(404);
    expect((await get('/acme/secret', 'stranger')).status).toBe(404);
    expect((await get('/', 'stranger')).html).not.toContain('acme/secret');
    expect((await get('/acme/secret', 'owner')).status).toBe(200);
  });

  test('hostile Markdown in a comment stays text, and scripts would be refused by the browser', async () => {
    const comment = { owner: world.owner, repo: world.repo, issue_number: pull, body: hostileMarkdown.join('\n\n') };
    await world.stranger.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', comment);
    const { html } = await get(`${base}/pull/${pull}`, 'owner');
    expect(html).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;|default-src 'none'/,
    );
    expect(html).not.toMatch(/<(script|iframe|object|embed|base|link|svg onload)/i);
    expect(html).not.toMatch(/<[^>]*\son[a-z]+\s*=(?![^<]*&quot;)/i);
    expect(html).not.toMatch(/(href|src)="\s*(javascript|vbscript|data):/i);
    expect(html.match(/<main /g)).toHaveLength(1);
  });
});

describe('what can be done', () => {
  test('nobody acts without a login, and forms exist only for who may', async () => {
    expect((await get(`${base}/pull/${pull}`)).html).not.toContain('<textarea');
    expect((await get(`${base}/pull/${pull}`, 'stranger')).html).not.toContain('Merge pull request</button>');
    expect((await get(`${base}/runs/${checkRun}`, 'stranger')).html).not.toContain('approve-it');
    expect((await post(`${base}/pull/${pull}/merge`, { merge_method: 'merge' }, 'stranger')).status).toBe(403);
    expect((await post(`${base}/issues/${pull}/comments`, { body: 'x' })).status).toBe(401);
  });

  test('logging in is choosing who to be', async () => {
    const answer = await post('/login', { as: 'owner', return_to: base });
    expect(answer).toMatchObject({ status: 303, location: base });
    expect(answer.cookie).toContain('forge_user=owner');
    expect((await get(base, 'owner')).html).toContain('value="stranger"');
  });

  test('a comment is written and the app hears of it', async () => {
    const answer = await press(`${base}/pull/${pull}`, /<textarea/, 'author', { body: '/help **now**' });
    expect(answer).toMatchObject({ status: 303, location: `${base}/pull/${pull}` });
    const payload = lastHook('issue_comment', 'created');
    expect(payload).toMatchObject({ comment: { body: '/help **now**' }, sender: { login: 'author' } });
    expect((await get(`${base}/pull/${pull}`)).html).toContain('/help <strong>now</strong>');
  });

  test("an app's own button sends what it stands for", async () => {
    await press(`${base}/pull/${pull}/checks`, /approve-it/, 'owner');
    const payload = lastHook('check_run', 'requested_action');
    expect(payload).toMatchObject({ requested_action: { identifier: 'approve-it' }, check_run: { id: checkRun } });
    expect(payload).toMatchObject({ sender: { login: 'owner' } });
  });

  test('a check is asked for again', async () => {
    await press(`${base}/runs/${checkRun}`, /Re-run/, 'owner');
    expect(lastHook('check_run', 'rerequested')).toMatchObject({ check_run: { id: checkRun } });
  });

  test('a delivery is sent again under the same name', async () => {
    const before = world.received.length;
    await press('/settings/apps/gatekeeper/deliveries', /Redeliver/, 'owner');
    expect(world.received.length).toBe(before + 1);
    const guids = world.received.map((hook) => hook.headers['x-github-delivery']);
    expect(guids.indexOf(guids.at(-1))).toBeLessThan(before);
  });

  test('an issue is closed and opened again', async () => {
    const opened = { owner: world.owner, repo: world.repo, title: 'Drift', body: 'It moved.' };
    const { number } = (await world.installation.request('POST /repos/{owner}/{repo}/issues', opened)).data;
    await press(`${base}/issues/${number}`, /Close issue/, 'owner');
    expect(lastHook('issues', 'closed')).toMatchObject({ issue: { number } });
    expect((await get(`${base}/issues?state=closed`)).html).toContain('Drift');
    await press(`${base}/issues/${number}`, /Reopen issue/, 'owner');
    expect((await get(`${base}/issues`)).html).toContain('Drift');
  });

  test('the pull request is merged', async () => {
    await press(`${base}/pull/${pull}`, /Merge pull request/, 'owner');
    expect(lastHook('pull_request', 'closed')).toMatchObject({ pull_request: { merged: true } });
    const { html } = await get(`${base}/pull/${pull}`, 'owner');
    expect(html).toMatch(/class="state merged"/);
    expect(html).toContain('merged this as');
    expect(html).not.toContain('Merge pull request</button>');
    expect((await get(`${base}/blob/main/models/delay.yaml`)).html).toContain('epochs: 80');
  });
});
