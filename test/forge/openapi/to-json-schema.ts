import type { JsonObject } from './load-documents.ts';

const prose = new Set(['description', 'example', 'examples', 'externalDocs', 'title', 'discriminator', 'readOnly']);

/** Keys whose values map names to schemas: a property may well be called `description` or `title`. */
const maps = new Set(['properties', 'patternProperties']);

/** Values that are data and not schemas. */
const data = new Set(['enum', 'const', 'default', 'required']);

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/**
 * OpenAPI 3.0 and 3.1 schema → JSON Schema draft 7. `oneOf` becomes `anyOf`, as several of GitHub's alternatives match the same
 * value (a simple user is a public user too). `referenceTo` gives the new address of a component.
 */
export const toJsonSchema = (schema: JsonObject, referenceTo: (name: string) => string): JsonObject => {
  if (typeof schema.$ref === 'string') {
    const reference = { $ref: referenceTo(schema.$ref.replace('#/components/schemas/', '')) };
    return schema.nullable === true ? { anyOf: [{ type: 'null' }, reference] } : reference;
  }
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (prose.has(key) || key === 'nullable' || key.startsWith('x-')) continue;
    if (data.has(key) || !isObject(value)) {
      result[key] = value;
    } else if (maps.has(key)) {
      result[key] = Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, toJsonSchema(child as JsonObject, referenceTo)]),
      );
    } else if (Array.isArray(value)) {
      result[key === 'oneOf' ? 'anyOf' : key] = value.map((child) =>
        isObject(child) ? toJsonSchema(child, referenceTo) : child,
      );
    } else {
      result[key] = toJsonSchema(value, referenceTo);
    }
  }
  // An address that was never given is the empty string, as the default beside the format says.
  if (result.default === '') delete result.format;
  return schema.nullable === true ? withNull(result) : result;
};

const withNull = (schema: JsonObject): JsonObject => {
  if (typeof schema.type !== 'string') return { anyOf: [{ type: 'null' }, schema] };
  const nullable: JsonObject = { ...schema, type: [schema.type, 'null'] };
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) nullable.enum = [...schema.enum, null];
  return nullable;
};
