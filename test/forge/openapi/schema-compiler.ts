import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { type JsonObject, type OpenApiDocument, resolveReference } from './load-documents.ts';
import { toJsonSchema } from './to-json-schema.ts';

const addFormats = addFormatsModule.default;

/** Validator of schemas of one document; a component is converted and compiled when something first refers to it. */
export const createSchemaChecker = (document: OpenApiDocument) => {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, inlineRefs: false, logger: false });
  addFormats(ajv);
  // The addresses of apps, `1+sluice[bot]@users.noreply.github.com`, are none by the letter of the RFC.
  ajv.addFormat('email', /^\S+@\S+$/);
  const added = new Set<string>();
  const compiled = new Map<object, ValidateFunction>();

  const referenceTo = (name: string): string => {
    const address = `component:${name}`;
    if (!added.has(name)) {
      added.add(name);
      const component = resolveReference(document, { $ref: `#/components/schemas/${name}` });
      ajv.addSchema(toJsonSchema(component, referenceTo), address);
    }
    return address;
  };

  return (schema: JsonObject, value: unknown): string[] => {
    let validate = compiled.get(schema);
    if (!validate) {
      validate = ajv.compile(toJsonSchema(schema, referenceTo));
      compiled.set(schema, validate);
    }
    return validate(value) ? [] : describeErrors(validate.errors ?? [], value);
  };
};

const describeErrors = (errors: ErrorObject[], value: unknown): string[] => {
  const told = errors.filter((error) => error.keyword !== 'anyOf' || errors.length === 1);
  const lines = told.map((error) => {
    const allowed = error.keyword === 'enum' ? ` (${JSON.stringify(error.params.allowedValues)})` : '';
    return `${error.instancePath || '/'} ${error.message}${allowed}, is ${excerpt(value, error.instancePath)}`;
  });
  return [...new Set(lines)];
};

const excerpt = (value: unknown, pointer: string): string => {
  let found = value;
  for (const part of pointer.split('/').slice(1)) {
    found = (found as JsonObject | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return (JSON.stringify(found) ?? 'undefined').slice(0, 120);
};
