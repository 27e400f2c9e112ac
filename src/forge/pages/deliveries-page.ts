import type { HookDelivery } from '../state.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { PageNotFound } from './not-found.ts';
import type { PageContext } from './page-context.ts';
import { timeElement } from './times.ts';

const outcome = ({ statusCode, status }: HookDelivery): IconName => {
  if (statusCode >= 200 && statusCode < 300) return 'success';
  return status === 'pending' ? 'queued' : 'failure';
};

const eventName = ({ event, action }: HookDelivery): string => (action ? `${event}.${action}` : event);

const deliveriesPath = ({ state }: PageContext): string => `/settings/apps/${state.app.slug}/deliveries`;

const redeliver = (context: PageContext, delivery: HookDelivery): Html =>
  html`<form method="post" action="${deliveriesPath(context)}/${delivery.id}/redeliver"><input type="hidden" name="return_to" value="${deliveriesPath(context)}"><button>Redeliver</button></form>`;

export const renderDeliveriesPage = (context: PageContext): Html => {
  const { state, now } = context;
  const shown = [...state.deliveries].reverse().slice(0, 200);
  const rows = shown.map(
    (delivery) =>
      html`<li>${icon(outcome(delivery), delivery.status)}<div class="grow"><a class="title" href="${deliveriesPath(context)}/${delivery.id}">${eventName(delivery)}</a>${delivery.redelivery && html` <span class="pill">redelivery</span>`}
<div class="small"><span class="mono">${delivery.guid}</span> · ${delivery.statusCode || ''} ${delivery.status} · ${delivery.duration.toFixed(2)} s · ${timeElement(delivery.deliveredAt, now)}</div></div>${redeliver(context, delivery)}</li>`,
  );
  return html`<h1>Deliveries of ${state.app.name}</h1><p class="muted">Webhooks sent to <span class="mono">${state.app.webhookUrl ?? 'nowhere yet'}</span>, the newest ${shown.length} of ${state.deliveries.length}.</p>
<div class="card">${rows.length > 0 ? html`<ul class="list dense">${rows}</ul>` : html`<p class="empty">Nothing was sent yet.</p>`}</div>`;
};

export const renderDeliveryPage = (context: PageContext, id: number): Html => {
  const delivery = context.state.deliveries.find((each) => each.id === id);
  if (!delivery) throw new PageNotFound();
  const headers = (values: Record<string, string>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
  return html`<h1>${eventName(delivery)}</h1><div class="row">${icon(outcome(delivery))}<span class="grow">${delivery.statusCode || ''} ${delivery.status} · ${delivery.url}</span>${redeliver(context, delivery)}</div>
<section class="card"><header>Request</header><pre class="raw">${headers(delivery.request.headers)}

${JSON.stringify(delivery.request.payload, undefined, 2)}</pre></section>
<section class="card"><header>Answer</header><pre class="raw">${delivery.response ? `${headers(delivery.response.headers)}\n\n${delivery.response.payload}` : 'None.'}</pre></section>`;
};
