import { integer, optionalText } from '../http/input.ts';
import { type Call, ok, type Reply, type Route } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { hookConfigObject, hookDeliveryItem, hookDeliveryObject } from '../objects/hook-delivery.ts';
import { apiUrl } from '../objects/urls.ts';
import type { HookDelivery } from '../state.ts';
import { queueDelivery } from '../webhooks/emit.ts';
import type { World } from '../world.ts';

const deliveryById = (world: World, id: number): HookDelivery => {
  const found = world.state.deliveries.find((each) => each.id === id);
  if (!found) throw notFound();
  return found;
};

/** Sends a delivery again under the same GUID; it stands in the log as a delivery of its own. */
export const redeliver = (world: World, id: number): HookDelivery => {
  const { guid, event, action, installationId, repositoryId, request } = deliveryById(world, id);
  const { payload } = request;
  return queueDelivery(world, { guid, event, action, installationId, repositoryId, payload, redelivery: true });
};

const threeDays = 3 * 24 * 3_600_000;

/** Newest first; the cursor is the id of the first delivery of the page. */
const list = (call: Call): Reply => {
  const size = Math.min(Math.max(integer(call.query.get('per_page'), 30), 1), 100);
  const wanted = call.query.get('status');
  if (wanted && wanted !== 'success' && wanted !== 'failure')
    throw new HttpError(422, 'status must be success or failure');
  const cursor = call.query.get('cursor');
  const matching = call.world.state.deliveries
    .filter((delivery) => delivery.status !== 'pending' && Date.parse(delivery.deliveredAt) > Date.now() - threeDays)
    .filter((delivery) => !wanted || (delivery.status === 'OK') === (wanted === 'success'))
    .sort((left, right) => right.id - left.id);
  const from = cursor ? matching.filter((delivery) => delivery.id <= Number(cursor.replace(/^v1_/, ''))) : matching;
  const next = from[size];
  const query = new URLSearchParams(call.query);
  if (next) query.set('cursor', `v1_${next.id}`);
  const headers: Record<string, string> = next
    ? { link: `<${apiUrl(call.world.state)}/app/hook/deliveries?${query}>; rel="next"` }
    : {};
  return { status: 200, body: from.slice(0, size).map(hookDeliveryItem), headers };
};

const app = { kind: 'app' } as const;

export const hookRoutes: Route[] = [
  { method: 'GET', pattern: '/app/hook/config', access: app, handle: (call) => ok(hookConfigObject(call.world.state)) },
  {
    method: 'PATCH',
    pattern: '/app/hook/config',
    access: app,
    handle: (call) => {
      const { app: registration } = call.world.state;
      registration.webhookUrl = optionalText(call.body, 'url', 'Hook') ?? registration.webhookUrl;
      registration.webhookSecret = optionalText(call.body, 'secret', 'Hook') ?? registration.webhookSecret;
      return ok(hookConfigObject(call.world.state));
    },
  },
  { method: 'GET', pattern: '/app/hook/deliveries', access: app, handle: list },
  {
    method: 'GET',
    pattern: '/app/hook/deliveries/:id',
    access: app,
    handle: (call) => ok(hookDeliveryObject(call.world.state, deliveryById(call.world, integer(call.params.id, 0)))),
  },
  {
    method: 'POST',
    pattern: '/app/hook/deliveries/:id/attempts',
    access: app,
    handle: (call) => {
      redeliver(call.world, integer(call.params.id, 0));
      return { status: 202, body: {} };
    },
  },
];
