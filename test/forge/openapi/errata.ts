import type { JsonObject, OpenApiDocument } from './load-documents.ts';

const at = (node: unknown, ...keys: string[]): JsonObject =>
  keys.reduce((found, key) => (found as Record<string, JsonObject>)[key]!, node as JsonObject);

/**
 * Where GitHub answers other than its document says, and is right. Each entry names what shows it. A key that is gone from
 * the document throws, so that an entry does not outlive its reason.
 */
export const correctRestDocument = (document: OpenApiDocument): OpenApiDocument => {
  // A label need not have a description: of the same label, the full pull request and the issue say nullable.
  const simple = document.components.schemas?.['pull-request-simple'];
  Object.assign(at(simple, 'properties', 'labels', 'items', 'properties', 'description'), { nullable: true });
  // In the list an account is to be a user and an enterprise at once; the single installation says either.
  const listed = at(
    document.paths?.['/app/installations']?.get?.responses,
    '200',
    'content',
    'application/json',
    'schema',
  );
  listed.items = { $ref: '#/components/schemas/installation' };
  // Runs by creation: the parameter's own description sends to the search syntax (`>=2026-01-01`, `a..b`), not to one time.
  const created = document.components.parameters?.created;
  if (at(created, 'schema').format !== 'date-time') throw new Error('`created` has no format any more');
  Object.assign(at(created, 'schema'), { format: undefined });
  return document;
};

export const correctWebhookDocument = (document: OpenApiDocument): OpenApiDocument => {
  // A deployment status without a log: the REST schema of the same object says that its default is the empty string.
  const status = document.components.schemas?.['webhook-deployment-status-created'];
  Object.assign(at(status, 'properties', 'deployment_status', 'properties', 'log_url'), { default: '' });
  // An app's events: the same document has these webhooks, which apps can subscribe to.
  addEvent(document, 'deployment_protection_rule', 'deployment-protection-rule-requested');
  addEvent(document, 'workflow_job', 'workflow-job-queued');
  return document;
};

const addEvent = (document: OpenApiDocument, event: string, webhook: string): void => {
  if (!document.webhooks?.[webhook]) throw new Error(`no webhook ${webhook} any more`);
  const lists = eventLists(document, event);
  if (lists.length === 0) throw new Error(`every list of an app's events has ${event} now`);
  for (const list of lists) list.push(event);
};

/** Every list of the events that an app can have which lacks that one. */
function eventLists(node: unknown, event: string): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  const { enum: values } = node as { enum?: string[] };
  const isOurs = values?.includes('branch_protection_rule') && values.includes('label');
  const own = values && isOurs && !values.includes(event) ? [values] : [];
  return [...own, ...Object.values(node).flatMap((each) => eventLists(each, event))];
}
