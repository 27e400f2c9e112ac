import { findCheckRun, requestAction, rerequestRun } from '../actions/check-runs.ts';
import { createComment } from '../actions/comments.ts';
import { setIssueState } from '../actions/issues.ts';
import { type MergeMethod, mergePull } from '../actions/merge-pull.ts';
import { dispatchWorkflow } from '../ci/dispatch.ts';
import { findRun } from '../ci/find-run.ts';
import { rerun } from '../ci/rerun.ts';
import { cancelRun } from '../ci/schedule.ts';
import { findWorkflow } from '../ci/workflows.ts';
import { atLeast, effectiveRole, findAccount, findIssue, findPull, findRepository } from '../find.ts';
import { HttpError, notFound } from '../http-error.ts';
import { renderFile } from '../pages/render-file.ts';
import { renderPage } from '../pages/render-page.ts';
import { redeliver } from '../rest/hook-deliveries.ts';
import type { Repository, Role } from '../state.ts';
import type { World } from '../world.ts';

type Form = { world: World; viewer: string; params: string[]; fields: URLSearchParams };

const repositoryOf = ({ world, params, viewer }: Form, needed: Role): Repository => {
  const repository = findRepository(world.state, params[0] ?? '', params[1] ?? '');
  const role = repository && effectiveRole(world.state, repository, viewer);
  if (!repository || !role) throw notFound();
  if (!atLeast(role, needed)) throw new HttpError(403, `${viewer} may not do this: it takes the role ${needed}`);
  return repository;
};

type Handler = { pattern: RegExp; back: (params: string[]) => string; handle: (form: Form) => unknown };

const onIssue = ([owner, name, number]: string[]): string => `/${owner}/${name}/issues/${number}`;
const onRun = ([owner, name, id]: string[]): string => `/${owner}/${name}/runs/${id}`;

/** What the buttons of the pages do, by path. */
const handlers: Handler[] = [
  {
    pattern: /^\/([^/]+)\/([^/]+)\/issues\/(\d+)\/comments$/,
    back: onIssue,
    handle: (form) => {
      const doer = { login: form.viewer, byApp: false };
      const repository = repositoryOf(form, 'read');
      createComment(form.world, repository, Number(form.params[2]), form.fields.get('body') ?? '', doer);
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/issues\/(\d+)\/state$/,
    back: onIssue,
    handle: (form) => {
      const repository = repositoryOf(form, 'read');
      const issue = findIssue(repository, Number(form.params[2]));
      if (issue.author !== form.viewer) repositoryOf(form, 'triage');
      const state = form.fields.get('state') === 'closed' ? 'closed' : 'open';
      return setIssueState(form.world, repository, issue, state, { login: form.viewer, byApp: false });
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/pull\/(\d+)\/merge$/,
    back: ([owner, name, number]) => `/${owner}/${name}/pull/${number}`,
    handle: (form) => {
      const repository = repositoryOf(form, 'write');
      const pull = findPull(repository, Number(form.params[2]));
      const method = (form.fields.get('merge_method') ?? 'merge') as MergeMethod;
      const unset = { title: undefined, message: undefined, sha: undefined };
      return mergePull(form.world, repository, pull, { method, ...unset, login: form.viewer });
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/runs\/(\d+)\/actions$/,
    back: onRun,
    handle: (form) => {
      const repository = repositoryOf(form, 'write');
      const run = findCheckRun(repository, Number(form.params[2]));
      requestAction(form.world, repository, run, form.fields.get('identifier') ?? '', form.viewer);
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/runs\/(\d+)\/rerequest$/,
    back: onRun,
    handle: (form) => {
      const repository = repositoryOf(form, 'write');
      rerequestRun(form.world, repository, findCheckRun(repository, Number(form.params[2])), form.viewer);
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/actions\/workflows\/(\d+)\/dispatch$/,
    back: ([owner, name]) => `/${owner}/${name}/actions`,
    handle: async (form) => {
      const repository = repositoryOf(form, 'write');
      const workflow = await findWorkflow(form.world, repository, form.params[2] ?? '');
      if (!workflow) throw notFound();
      const given = [...form.fields].filter(([name, value]) => name.startsWith('inputs.') && value !== '');
      const inputs = Object.fromEntries(given.map(([name, value]) => [name.slice('inputs.'.length), value]));
      const asked = { ref: form.fields.get('ref') ?? '', inputs, actor: form.viewer };
      await dispatchWorkflow(form.world, repository, workflow, asked);
    },
  },
  {
    pattern: /^\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)\/(cancel|rerun|rerun-failed-jobs)$/,
    back: ([owner, name, id]) => `/${owner}/${name}/actions/runs/${id}`,
    handle: (form) => {
      const repository = repositoryOf(form, 'write');
      const run = findRun(repository, Number(form.params[2]));
      if (form.params[3] === 'cancel') return cancelRun(form.world, repository, run, false);
      const what = form.params[3] === 'rerun' ? 'all' : 'failed';
      return rerun(form.world, repository, run, { actor: form.viewer, what });
    },
  },
  {
    pattern: /^\/settings\/apps\/([^/]+)\/deliveries\/(\d+)\/redeliver$/,
    back: ([slug]) => `/settings/apps/${slug}/deliveries`,
    handle: (form) => void redeliver(form.world, Number(form.params[1])),
  },
];

export type PageReply = { status: number; headers: Record<string, string>; body: string | Buffer };

/** Only paths of our own, so that a link to a form cannot lead elsewhere. */
const redirect = (to: string | null, fallback: string, headers: Record<string, string> = {}): PageReply => ({
  status: 303,
  headers: { location: to && /^\/(?![/\\])/.test(to) ? to : fallback, ...headers },
  body: '',
});

const text = (status: number, body: string): PageReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

export const viewerOf = (cookie: string | undefined): string | undefined => {
  const value = /(?:^|;\s*)forge_user=([^;]+)/.exec(cookie ?? '')?.[1];
  return value === undefined ? undefined : decodeURIComponent(value);
};

const logIn = (world: World, fields: URLSearchParams): PageReply => {
  const login = fields.get('as') ?? '';
  const account = findAccount(world.state, login);
  if (login && account?.type !== 'User') return text(404, `There is no ${login} here`);
  const cookie = account ? `forge_user=${encodeURIComponent(account.login)}` : 'forge_user=; Max-Age=0';
  return redirect(fields.get('return_to'), '/', { 'set-cookie': `${cookie}; Path=/; HttpOnly; SameSite=Strict` });
};

const submit = async (world: World, path: string, viewer: string | undefined, fields: URLSearchParams) => {
  const found = handlers.find((each) => each.pattern.test(path));
  if (!found) return text(404, 'Not Found');
  if (!viewer) return text(401, 'Log in first: /login?as=<login>');
  const params = found.pattern.exec(path)!.slice(1);
  try {
    await found.handle({ world, viewer, params, fields });
    return redirect(fields.get('return_to'), found.back(params));
  } catch (error) {
    if (error instanceof HttpError) return text(error.status, error.errors?.[0]?.message ?? error.message);
    throw error;
  }
};

/** A path that is not well encoded names nothing here. */
const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

export const servePage = async (
  world: World,
  request: { method: string; url: URL; cookie: string | undefined; sameOrigin: boolean; body: string },
): Promise<PageReply> => {
  const { method, url, cookie } = request;
  const path = decodePath(url.pathname);
  const viewer = viewerOf(cookie);
  if (method === 'POST') {
    if (!request.sameOrigin) return text(403, 'This form was not on a page of the forge');
    const fields = new URLSearchParams(request.body);
    return path === '/login' ? logIn(world, fields) : submit(world, path, viewer, fields);
  }
  if (path === '/login' && url.searchParams.has('as')) return logIn(world, url.searchParams);
  const shown = { path, query: url.searchParams, viewer };
  const file = await renderFile(world, shown);
  if (file) {
    // An image of a repository may carry scripts; opened by itself it must not act here.
    const guard = { 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' };
    return { status: 200, headers: { 'content-type': file.contentType, ...guard }, body: file.body };
  }
  const page = await renderPage(world, shown);
  return { status: page.status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page.html };
};
