import { HttpError } from '../http-error.ts';
import type { InputDefinition } from './workflow-definition.ts';

type Inputs = Record<string, string | boolean | number>;

const refuse = (message: string): HttpError => new HttpError(422, message);

const typed = (name: string, definition: InputDefinition, value: unknown): string | boolean | number => {
  const text = String(value ?? '');
  if (definition.type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refuse(`Provided value '${text}' for input '${name}' not a boolean`);
    return text === 'true';
  }
  if (definition.type === 'number') {
    if (text === '' || Number.isNaN(Number(text)))
      throw refuse(`Provided value '${text}' for input '${name}' not a number`);
    return Number(text);
  }
  if (definition.type === 'choice' && !definition.options.includes(text)) {
    throw refuse(`Provided value '${text}' for input '${name}' not in the list of allowed values`);
  }
  return text;
};

const blank = (definition: InputDefinition): string | boolean | number => {
  if (definition.type === 'boolean') return false;
  if (definition.type === 'number') return 0;
  return definition.type === 'choice' ? (definition.options[0] ?? '') : '';
};

const preset = (definition: InputDefinition): string | boolean | number =>
  definition.default === undefined || definition.default === null
    ? blank(definition)
    : definition.type === 'boolean'
      ? String(definition.default) === 'true'
      : definition.type === 'number'
        ? Number(definition.default)
        : String(definition.default);

/** The inputs of a dispatch with their defaults, or GitHub's 422 for what does not fit the workflow's `on.workflow_dispatch`. */
export const checkInputs = (definitions: Record<string, InputDefinition>, given: unknown): Inputs => {
  if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given))) {
    throw refuse('Invalid request.\n\ninputs is not an object.');
  }
  const values = (given ?? {}) as Record<string, unknown>;
  const names = Object.keys(values);
  if (names.length > 25) throw refuse('you may only define up to 25 `inputs` for a `workflow_dispatch` event');
  if (JSON.stringify(values).length > 65_535) throw refuse('inputs are too large.');
  const unknown = names.filter((name) => !definitions[name]);
  if (unknown.length > 0) throw refuse(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const value = values[name];
      if (value === undefined || value === null || value === '') {
        if (definition.required && definition.default === undefined) {
          throw refuse(`Required input '${name}' not provided`);
        }
        return [name, preset(definition)];
      }
      return [name, typed(name, definition, value)];
    }),
  );
};
