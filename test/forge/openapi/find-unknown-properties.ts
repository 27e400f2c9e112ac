import { type JsonObject, type OpenApiDocument, resolveReference } from './load-documents.ts';

/**
 * GitHub ignores what it does not know, so that a misspelt property is sent for years without effect. Names every property
 * of a request's body that no alternative of the schema has.
 */
export const findUnknownProperties = (
  document: OpenApiDocument,
  schema: JsonObject,
  value: unknown,
  at = '',
): string[] => {
  const alternatives = flatten(document, schema);
  if (Array.isArray(value)) {
    const items = alternatives.map((one) => one.items).find((one) => one !== undefined) as JsonObject | undefined;
    if (!items) return [];
    return value.flatMap((item, index) => findUnknownProperties(document, items, item, `${at}/${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const objects = alternatives.filter((one) => one.properties || one.additionalProperties);
  if (objects.length === 0) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const known = objects.map((one) => (one.properties as JsonObject | undefined)?.[name]).filter(Boolean);
    if (known.length > 0) {
      return findUnknownProperties(document, { anyOf: known }, child, `${at}/${name}`);
    }
    return objects.some((one) => one.additionalProperties) ? [] : [`${at}/${name} is not a property of this request`];
  });
};

const flatten = (document: OpenApiDocument, schema: JsonObject): JsonObject[] => {
  const resolved = resolveReference(document, schema);
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (resolved[key] ?? []) as JsonObject[]);
  return [resolved, ...parts.flatMap((part) => flatten(document, part))];
};
