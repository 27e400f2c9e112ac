import type { ForgeState, HookDelivery } from '../state.ts';
import { apiUrl } from './urls.ts';

export const hookDeliveryItem = (delivery: HookDelivery): Record<string, unknown> => ({
  id: delivery.id,
  guid: delivery.guid,
  delivered_at: delivery.deliveredAt,
  redelivery: delivery.redelivery,
  duration: delivery.duration,
  status: delivery.status,
  status_code: delivery.statusCode,
  event: delivery.event,
  action: delivery.action ?? null,
  installation_id: delivery.installationId ?? null,
  repository_id: delivery.repositoryId ?? null,
});

export const hookDeliveryObject = (state: ForgeState, delivery: HookDelivery): Record<string, unknown> => ({
  ...hookDeliveryItem(delivery),
  url: delivery.url || `${apiUrl(state)}/app/hook/deliveries/${delivery.id}`,
  request: { headers: delivery.request.headers, payload: delivery.request.payload },
  response: { headers: delivery.response?.headers ?? null, payload: delivery.response?.payload ?? null },
});

export const hookConfigObject = (state: ForgeState): Record<string, unknown> => ({
  content_type: 'json',
  insecure_ssl: '0',
  secret: '********',
  url: state.app.webhookUrl ?? '',
});
