import type { DeliveryLog, FailedDelivery } from '../../ports/delivery-log.ts';
import { type GitHubAccess, once } from './octokit.ts';
import { doing } from './translate-error.ts';

/** GitHub's own record of the webhooks it sent: kept for three days, newest first. */
export function createDeliveryLog(access: Pick<GitHubAccess, 'octokitFor'>): DeliveryLog {
  return {
    failedSince: (since) =>
      doing("reading GitHub's delivery log", async () => {
        const octokit = await access.octokitFor();
        const failed: FailedDelivery[] = [];
        const wanted = { status: 'failure', per_page: 100 } as const;
        for await (const { data } of octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, wanted)) {
          for (const { id, guid, event, delivered_at, status_code } of data) {
            const at = Date.parse(delivered_at);
            if (at < since) return failed;
            // a server that does not know the filter lists those that arrived, too
            if (status_code >= 200 && status_code < 300) continue;
            failed.push({ id, guid, event, at });
          }
        }
        return failed;
      }),

    redeliver: (id) =>
      doing(`asking for delivery ${id} again`, async () => {
        const { rest } = await access.octokitFor();
        await rest.apps.redeliverWebhookDelivery({ delivery_id: id, ...once });
      }),
  };
}
