import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export type JsonObject = Record<string, unknown>;

export type Operation = {
  parameters?: JsonObject[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: JsonObject }> };
  responses: Record<string, JsonObject>;
};

export type OpenApiDocument = {
  paths?: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, { post: Operation & { externalDocs?: { url?: string } } }>;
  components: Record<string, Record<string, JsonObject>>;
};

/**
 * GitHub's own description of itself. The packages' entry points load every edition (200 MB); one file is 13 MB and is
 * parsed in a tenth of a second, so that no slice of it has to be kept and refreshed in this repository.
 */
export const loadDocument = (packageName: '@octokit/openapi' | '@octokit/openapi-webhooks'): OpenApiDocument => {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  return JSON.parse(readFileSync(path.join(folder, 'generated/api.github.com.json'), 'utf8')) as OpenApiDocument;
};

export const resolveReference = (document: OpenApiDocument, node: JsonObject): JsonObject => {
  let found = node;
  while (typeof found.$ref === 'string') {
    const [kind = '', name = ''] = found.$ref.replace('#/components/', '').split('/');
    const target = document.components[kind]?.[name];
    if (!target) throw new Error(`${found.$ref} is not in the document`);
    found = target;
  }
  return found;
};
