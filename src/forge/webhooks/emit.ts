import { accountOf, installationOf } from '../find.ts';
import { repositoryObject } from '../objects/repository.ts';
import { organizationObject, userObject } from '../objects/user.ts';
import type { HookDelivery, Installation, Repository } from '../state.ts';
import { guid, nextId, nodeId, type World } from '../world.ts';

/** Sent whether the app subscribed to them or not. */
const always = new Set(['installation', 'installation_repositories', 'github_app_authorization', 'ping']);

/** What the app must be allowed to read to hear of an event; any of them is enough. */
const readable: Record<string, string[]> = {
  push: ['contents'],
  create: ['contents'],
  delete: ['contents'],
  release: ['contents'],
  pull_request: ['pull_requests'],
  pull_request_review: ['pull_requests'],
  issues: ['issues'],
  issue_comment: ['issues', 'pull_requests'],
  label: ['metadata'],
  check_run: ['checks'],
  check_suite: ['checks'],
  deployment: ['deployments'],
  deployment_status: ['deployments'],
  status: ['statuses'],
  workflow_run: ['actions'],
  workflow_job: ['actions'],
};

const mayHear = (world: World, installation: Installation, event: string): boolean => {
  if (always.has(event)) return true;
  if (installation.suspendedAt || !world.state.app.events.includes(event)) return false;
  const permissions: Record<string, unknown> = { metadata: 'read', ...installation.permissions };
  return (readable[event] ?? ['metadata']).some((name) => permissions[name] !== undefined);
};

export const queueDelivery = (
  world: World,
  delivery: Pick<HookDelivery, 'guid' | 'event' | 'action' | 'redelivery' | 'installationId' | 'repositoryId'> & {
    payload: Record<string, unknown>;
  },
): HookDelivery => {
  const { payload, ...rest } = delivery;
  const queued: HookDelivery = {
    id: nextId(world),
    ...rest,
    deliveredAt: new Date().toISOString(),
    duration: 0,
    status: 'pending',
    statusCode: 0,
    url: world.state.app.webhookUrl ?? '',
    request: { headers: {}, payload },
    response: undefined,
  };
  world.state.deliveries.push(queued);
  world.wakeSender();
  return queued;
};

export type Emission = {
  event: string;
  action?: string;
  repository?: Repository;
  /** Where the event is not about one repository. */
  installation?: Installation;
  /** Login. */
  sender: string;
  body: Record<string, unknown>;
};

const payloadOf = (world: World, emission: Emission, installation: Installation | undefined) => {
  const { state } = world;
  const { repository, action } = emission;
  const owner = repository ? accountOf(state, repository.owner) : undefined;
  const payload = {
    ...(action ? { action } : {}),
    ...emission.body,
    ...(repository ? { repository: repositoryObject(state, repository) } : {}),
    ...(owner?.type === 'Organization' ? { organization: organizationObject(state, owner.login) } : {}),
    sender: userObject(state, emission.sender),
    ...(emission.installation || !installation
      ? {}
      : { installation: { id: installation.id, node_id: nodeId('Installation', installation.id) } }),
  };
  // what is sent is the state of now, whatever happens before it is sent
  return structuredClone(payload);
};

/** Queues a webhook, if the app is installed there, subscribed to the event and may read what it is about. */
export const emit = (world: World, emission: Emission): void => {
  const { repository, event, action } = emission;
  for (const listener of world.onEvent) listener(emission, () => payloadOf(world, emission, undefined));
  const installation = emission.installation ?? (repository ? installationOf(world.state, repository) : undefined);
  if (!installation || !mayHear(world, installation, event)) return;
  queueDelivery(world, {
    guid: guid(),
    event,
    action,
    redelivery: false,
    installationId: installation.id,
    repositoryId: repository?.id,
    payload: payloadOf(world, emission, installation),
  });
};
