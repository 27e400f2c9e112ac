import type { Deployment, DeploymentState, DeploymentStatus } from '../deployment-record.ts';
import { resolveCommit } from '../git/refs.ts';
import { integer, oneOf, optionalFlag, optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { deploymentObject, deploymentStatusObject } from '../objects/deployment.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now } from '../world.ts';
import { doerOf } from './doer.ts';

const show = (call: RepositoryCall, deployment: Deployment) =>
  deploymentObject(call.world.state, call.repository, deployment);

const deploymentOf = (call: RepositoryCall): Deployment => {
  const deployment = call.repository.deployments.find((each) => each.id === integer(call.params.id, 0));
  if (!deployment) throw notFound();
  return deployment;
};

const emitDeployment = (
  call: RepositoryCall,
  event: 'deployment' | 'deployment_status',
  deployment: Deployment,
  extra: Record<string, unknown> = {},
): void => {
  const body = { deployment: show(call, deployment), workflow: null, workflow_run: null, ...extra };
  emit(call.world, { event, action: 'created', repository: call.repository, sender: doerOf(call).login, body });
};

const description = (call: RepositoryCall): string | undefined => {
  const text = optionalText(call.body, 'description', 'Deployment');
  if (text !== undefined && text.length > 140) {
    throw new HttpError(422, 'Validation Failed', [
      {
        resource: 'Deployment',
        code: 'custom',
        field: 'description',
        message: 'description is too long (maximum is 140 characters)',
      },
    ]);
  }
  return text;
};

const payloadOf = (value: unknown): unknown => {
  if (typeof value !== 'string' || value === '') return value ?? {};
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const { body, repository } = call;
  const ref = requiredText(body, 'ref', 'Deployment');
  const sha = await resolveCommit(repository.gitDir, ref);
  if (!sha) throw new HttpError(422, `No ref found for: ${ref}`);
  const required = body.required_contexts as string[] | undefined;
  const green = (context: string): boolean =>
    repository.checkRuns.some((run) => run.headSha === sha && run.name === context && run.conclusion === 'success') ||
    repository.statuses.some(
      (status) => status.sha === sha && status.context === context && status.state === 'success',
    );
  // without a list of its own, a deployment waits for everything that reported on the commit
  const contexts = required ?? repository.checkRuns.filter((run) => run.headSha === sha).map((run) => run.name);
  if (!contexts.every(green)) throw new HttpError(409, `Conflict: Commit status checks failed for ${ref}.`);
  const environment = optionalText(body, 'environment', 'Deployment') ?? 'production';
  const at = now();
  const { login, byApp } = doerOf(call);
  const deployment: Deployment = {
    id: nextId(call.world),
    sha,
    ref,
    task: optionalText(body, 'task', 'Deployment') ?? 'deploy',
    payload: payloadOf(body.payload),
    environment,
    originalEnvironment: environment,
    description: description(call),
    transientEnvironment: optionalFlag(body, 'transient_environment', 'Deployment') ?? false,
    productionEnvironment: optionalFlag(body, 'production_environment', 'Deployment') ?? environment === 'production',
    creator: login,
    byApp,
    createdAt: at,
    updatedAt: at,
    statuses: [],
  };
  repository.deployments.push(deployment);
  emitDeployment(call, 'deployment', deployment);
  return created(show(call, deployment));
};

const list = (call: RepositoryCall): Promise<Reply> => {
  const { query, repository } = call;
  const fits = (deployment: Deployment): boolean =>
    (['sha', 'ref', 'task', 'environment'] as const).every((field) => {
      const wanted = query.get(field);
      return !wanted || wanted === 'none' || deployment[field] === wanted;
    });
  const matching = [...repository.deployments].reverse().filter(fits);
  return listReply(call, matching, (deployment) => show(call, deployment));
};

const states: DeploymentState[] = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

/** A success takes the earlier ones of the same environment out of service, unless told not to. */
const retireOthers = (call: RepositoryCall, current: Deployment): void => {
  for (const other of call.repository.deployments) {
    const last = other.statuses.at(-1);
    const same = other.environment === current.environment && other.id !== current.id;
    if (!same || other.transientEnvironment || other.productionEnvironment || last?.state !== 'success') continue;
    other.statuses.push({ ...last, id: nextId(call.world), state: 'inactive', createdAt: now() });
  }
};

const createStatus = (call: RepositoryCall): Reply => {
  const deployment = deploymentOf(call);
  const { body } = call;
  requiredText(body, 'state', 'DeploymentStatus');
  const state = oneOf(body, 'state', 'DeploymentStatus', states)!;
  const { login, byApp } = doerOf(call);
  const status: DeploymentStatus = {
    id: nextId(call.world),
    state,
    description: description(call) ?? '',
    environment: optionalText(body, 'environment', 'DeploymentStatus') ?? deployment.environment,
    environmentUrl: optionalText(body, 'environment_url', 'DeploymentStatus') ?? '',
    logUrl:
      optionalText(body, 'log_url', 'DeploymentStatus') ?? optionalText(body, 'target_url', 'DeploymentStatus') ?? '',
    creator: login,
    byApp,
    createdAt: now(),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = now();
  if (state === 'success' && optionalFlag(body, 'auto_inactive', 'DeploymentStatus') !== false)
    retireOthers(call, deployment);
  const shown = deploymentStatusObject(call.world.state, call.repository, deployment, status);
  emitDeployment(call, 'deployment_status', deployment, { deployment_status: shown, check_run: null });
  return created(shown);
};

const many = '/repos/:owner/:repo/deployments';
const read = reads('deployments');
const write = writes('write', 'deployments');

export const deploymentRoutes: Route[] = [
  { method: 'GET', pattern: many, access: read, handle: list },
  { method: 'POST', pattern: many, access: write, handle: create },
  { method: 'GET', pattern: `${many}/:id`, access: read, handle: (call) => ok(show(call, deploymentOf(call))) },
  {
    method: 'DELETE',
    pattern: `${many}/:id`,
    access: write,
    handle: (call) => {
      const deployment = deploymentOf(call);
      call.repository.deployments = call.repository.deployments.filter((each) => each !== deployment);
      return noContent();
    },
  },
  {
    method: 'GET',
    pattern: `${many}/:id/statuses`,
    access: read,
    handle: (call) => {
      const deployment = deploymentOf(call);
      const newestFirst = [...deployment.statuses].reverse();
      return listReply(call, newestFirst, (status) =>
        deploymentStatusObject(call.world.state, call.repository, deployment, status),
      );
    },
  },
  { method: 'POST', pattern: `${many}/:id/statuses`, access: write, handle: createStatus },
];
