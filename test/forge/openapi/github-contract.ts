import { correctRestDocument, correctWebhookDocument } from './errata.ts';
import { findUnknownProperties } from './find-unknown-properties.ts';
import { type JsonObject, loadDocument, type OpenApiDocument, resolveReference } from './load-documents.ts';
import { createOperationMatcher, type MatchedOperation } from './match-operation.ts';
import { createSchemaChecker } from './schema-compiler.ts';
import { findLimitErrors } from './undocumented-limits.ts';

/** `path` is what follows the API's root (`/repos/o/r/check-runs?per_page=100`), percent-encoded as on the wire. */
type ContractRequest = { method: string; path: string; body?: unknown };
type ContractResponse = ContractRequest & { status: number; contentType?: string };

/** Each check answers with what is wrong, in words; nothing wrong is an empty list. */
export type GitHubContract = {
  checkRequest: (request: ContractRequest) => string[];
  checkResponse: (response: ContractResponse) => string[];
  checkWebhook: (event: string, payload: unknown) => string[];
};

/** Judge of requests, answers and webhooks by GitHub's own OpenAPI. Made once a test file: it takes 0.2 s. */
export const createGitHubContract = (): GitHubContract => {
  const rest = correctRestDocument(loadDocument('@octokit/openapi'));
  const webhooks = correctWebhookDocument(loadDocument('@octokit/openapi-webhooks'));
  const match = createOperationMatcher(rest);
  const checkRest = createSchemaChecker(rest);
  const checkHook = createSchemaChecker(webhooks);
  const hookSchemas = indexWebhooks(webhooks);

  const find = (method: string, path: string): MatchedOperation | undefined => match(method, path.split('?')[0] ?? '');
  const stranger = (method: string, path: string): string[] => [`${method} ${path} is not an operation of GitHub`];

  return {
    checkRequest({ method, path, body }) {
      if (path === '/graphql') return checkRest(graphqlRequest, body);
      const found = find(method, path);
      if (!found) return stranger(method, path);
      const { operation, template } = found;
      const label = `${method.toUpperCase()} ${template}: `;
      const errors = queryErrors(found, path, checkRest);
      const isEmpty = body === undefined || body === null || body === '';
      const schema = operation.requestBody?.content?.['application/json']?.schema;
      if (schema) {
        if (!isEmpty) {
          errors.push(...checkRest(schema, body), ...findUnknownProperties(rest, schema, body));
          errors.push(...findLimitErrors(template, method.toLowerCase(), body));
        } else if (operation.requestBody?.required) {
          errors.push('has no body, one is required');
        }
      } else if (!operation.requestBody && !isEmpty && Object.keys(body as object).length > 0) {
        errors.push('has a body, none is expected');
      }
      return [...new Set(errors)].map((error) => label + error);
    },

    checkResponse({ method, path, status, body, contentType }) {
      if (path === '/graphql') return checkRest(graphqlResponse, body);
      const found = find(method, path);
      // What GitHub does not know, it answers with 404.
      if (!found) return status === 404 ? checkRest(errorSchema, body) : stranger(method, path);
      const label = `${method.toUpperCase()} ${found.template} → ${status}: `;
      const errors = responseErrors(rest, found, status, body, contentType, checkRest);
      return errors.map((error) => label + error);
    },

    checkWebhook(event, payload) {
      const action = (payload as JsonObject | null)?.action;
      const name = typeof action === 'string' && event !== 'repository_dispatch' ? `${event}.${action}` : event;
      const schema = hookSchemas.get(name);
      if (!schema) return [`${name} is not a webhook of GitHub`];
      return checkHook(schema, payload).map((error) => `webhook ${name}: ${error}`);
    },
  };
};

const errorSchema: JsonObject = {
  type: 'object',
  required: ['message', 'documentation_url'],
  properties: { message: { type: 'string' }, documentation_url: { type: 'string' }, status: { type: 'string' } },
};

const graphqlRequest: JsonObject = {
  type: 'object',
  required: ['query'],
  properties: { query: { type: 'string' }, variables: { type: 'object' }, operationName: { type: ['string', 'null'] } },
  additionalProperties: false,
};

const graphqlResponse: JsonObject = {
  type: 'object',
  anyOf: [{ required: ['data'] }, { required: ['errors'] }, { required: ['message'] }],
  properties: {
    data: { type: ['object', 'null'] },
    errors: { type: 'array', minItems: 1, items: { type: 'object', required: ['message'] } },
  },
};

type Check = (schema: JsonObject, value: unknown) => string[];

const queryErrors = (found: MatchedOperation, path: string, check: Check): string[] => {
  const known = found.parameters.filter((parameter) => parameter.in === 'query');
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const missing = known.filter((one) => one.required === true && !query.has(String(one.name)));
  const wrong = [...query].flatMap(([name, text]) => {
    const parameter = known.find((one) => one.name === name);
    if (!parameter) return [`?${name} is not a parameter`];
    if (name === 'per_page' && Number(text) > 100) return ['?per_page is at most 100'];
    const type = (parameter.schema as JsonObject | undefined)?.type;
    const value = type === 'integer' ? Number(text) : type === 'boolean' ? text === 'true' : text;
    const isPlain = type === 'integer' || type === 'boolean' || type === 'string';
    return isPlain ? check(parameter.schema as JsonObject, value).map((error) => `?${name} ${error}`) : [];
  });
  return [...missing.map((one) => `?${one.name} is required`), ...wrong];
};

const responseErrors = (
  document: OpenApiDocument,
  { operation }: MatchedOperation,
  status: number,
  body: unknown,
  contentType: string | undefined,
  check: Check,
): string[] => {
  const documented = operation.responses[String(status)];
  const isEmpty = body === undefined || body === null || body === '';
  // Errors of the transport (401, 403, 404, 429, 5xx) may come from every operation, described or not.
  if (!documented) return status >= 400 ? check(errorSchema, body) : ['is not a status of this operation'];
  const content = resolveReference(document, documented).content as Record<string, { schema?: JsonObject }> | undefined;
  const schema = content?.['application/json']?.schema;
  // Where the document gives an error no body, GitHub still sends its usual one.
  if (!schema && status >= 400) return isEmpty ? [] : check(errorSchema, body);
  if (!schema) return isEmpty || content || (status >= 300 && status < 400) ? [] : ['has a body, none is expected'];
  if (contentType && !/json/.test(contentType)) {
    return Object.keys(content ?? {}).length > 1 || /\b(raw|diff|patch|sha|html)\b/.test(contentType)
      ? []
      : [`is ${contentType}, JSON is expected`];
  }
  return check(schema, body);
};

/** `event.action` (or `event`) → schema of the payload. The event's name is in the address of its documentation only. */
const indexWebhooks = (document: OpenApiDocument): Map<string, JsonObject> => {
  const index = new Map<string, JsonObject>();
  for (const { post } of Object.values(document.webhooks ?? {})) {
    const schema = post.requestBody?.content?.['application/json']?.schema;
    const event = post.externalDocs?.url?.split('#')[1];
    if (!schema || !event) continue;
    const alternatives = [schema, ...((resolveReference(document, schema).oneOf ?? []) as JsonObject[])];
    const actions = alternatives.flatMap((one) => {
      const properties = resolveReference(document, one).properties as Record<string, JsonObject> | undefined;
      return (properties?.action?.enum ?? []) as string[];
    });
    for (const name of actions.length > 0 ? actions.map((action) => `${event}.${action}`) : [event]) {
      index.set(name, schema);
    }
  }
  return index;
};
