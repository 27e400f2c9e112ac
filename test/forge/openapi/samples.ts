import { type JsonObject, loadDocument, resolveReference } from './load-documents.ts';

const document = loadDocument('@octokit/openapi');

/** The example that GitHub itself gives for an answer: a known good sample that nobody here wrote. */
export const githubExample = (method: string, template: string, status: number): JsonObject => {
  const response = document.paths?.[template]?.[method]?.responses[status];
  const content = resolveReference(document, response ?? {}).content as Record<string, { examples?: JsonObject }>;
  const [example] = Object.values(content['application/json']?.examples ?? {});
  return structuredClone(resolveReference(document, example as JsonObject).value) as JsonObject;
};
