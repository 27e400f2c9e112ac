import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Json } from '../json.ts';
import type { Pointer } from './read-yaml.ts';
import type { Report } from './report.ts';
import { SPEC_SCHEMAS, type SpecKind } from './schemas.ts';
import { show, showList } from './show.ts';
import { didYouMean } from './suggest.ts';

const MAX_PROBLEMS = 30;
const validators = new Map<SpecKind, ValidateFunction>();

/** Reports everything in which the value differs from the schema of its kind. */
export function checkSchema(kind: SpecKind, value: Json, report: Report): void {
  const validate = validatorOf(kind);
  if (validate(value)) return;
  const errors = validate.errors ?? [];
  for (const error of errors.filter((one) => !isToldElsewhere(one, errors)).slice(0, MAX_PROBLEMS)) {
    const { pointer, message, on } = describe(error);
    report.error(pointer, message, on);
  }
}

/**
 * A missing tag is told by its discriminator, with the choices; what fits none of several forms by their description;
 * what is a word or a mapping (`oneOf` without a tag) by the form that was meant.
 */
function isToldElsewhere({ keyword, params, instancePath, data }: ErrorObject, errors: ErrorObject[]): boolean {
  return errors.some((other) => {
    if (other.instancePath !== instancePath) return false;
    if (other.keyword === 'oneOf' && !('discriminator' in (other.parentSchema ?? {}))) {
      return keyword === 'oneOf' || keyword === (typeof data === 'object' ? 'enum' : 'type');
    }
    if (other.keyword === 'anyOf') return keyword !== 'anyOf';
    return keyword === 'required' && other.keyword === 'discriminator' && other.params.tag === params.missingProperty;
  });
}

function validatorOf(kind: SpecKind): ValidateFunction {
  const known = validators.get(kind);
  if (known) return known;
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    discriminator: true,
    allowUnionTypes: true,
    strictRequired: false,
  });
  const made = ajv.compile(SPEC_SCHEMAS[kind]);
  validators.set(kind, made);
  return made;
}

type Described = { pointer: Pointer; message: string; on?: 'key' | 'value' };
type SchemaNode = { properties?: Record<string, unknown>; description?: string; oneOf?: Branch[]; enum?: string[] };
type Branch = { properties: Record<string, { const?: string }> };

function describe(error: ErrorObject): Described {
  const pointer = pointerOf(error.instancePath);
  const schema = (error.parentSchema ?? {}) as SchemaNode;
  const value = error.data as Json;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      const known = Object.keys(schema.properties ?? {});
      const hint = didYouMean(key, known) || `; known keys: ${showList(known)}`;
      return { pointer: [...pointer, key], message: `unknown key ${show(key)}${hint}`, on: 'key' };
    }
    case 'required':
      return { pointer, message: `${show(String(error.params.missingProperty))} is missing`, on: 'key' };
    case 'enum':
    case 'const': {
      const allowed = ((error.params.allowedValues ?? [error.params.allowedValue]) as unknown[]).map(String);
      return { pointer, message: notOneOf(value, allowed) };
    }
    case 'discriminator': {
      const tag = String(error.params.tag);
      const allowed = (schema.oneOf ?? []).map((branch) => String(branch.properties[tag]?.const));
      const given = error.params.tagValue as Json | undefined;
      if (given === undefined)
        return { pointer, message: `"${tag}" is missing: one of ${allowed.join(', ')}`, on: 'key' };
      return { pointer: [...pointer, tag], message: notOneOf(given, allowed) };
    }
    case 'type':
      return { pointer, message: `must be ${typeNames(error.params.type)}, not ${show(value)}` };
    case 'pattern':
    case 'anyOf':
      return {
        pointer,
        message: `${show(value)} is not allowed here: ${schema.description ?? `must match ${error.params.pattern}`}`,
      };
    case 'minLength':
      return { pointer, message: 'must not be empty' };
    case 'maxLength':
      return { pointer, message: `must not be longer than ${error.params.limit} characters` };
    case 'minItems':
      return { pointer, message: `must have at least ${error.params.limit} entries` };
    case 'maxItems':
    case 'maxProperties':
      return {
        pointer,
        message: `must not have more than ${error.params.limit} ${schema.description ? `entries (${schema.description})` : 'entries'}`,
      };
    case 'minProperties':
      return {
        pointer,
        message: `must not be empty${schema.properties ? `: ${showList(Object.keys(schema.properties))}` : ''}`,
      };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return { pointer, message: `must be ${error.params.comparison} ${error.params.limit}, not ${show(value)}` };
    default:
      return { pointer, message: error.message ?? 'is not allowed' };
  }
}

function notOneOf(value: Json, allowed: string[]): string {
  const hint = typeof value === 'string' ? didYouMean(value, allowed) : '';
  const verdict =
    allowed.length === 1
      ? `must be ${allowed[0]}, not ${show(value)}`
      : `${show(value)} is not one of ${showList(allowed)}`;
  return `${verdict}${hint}`;
}

const TYPE_NAMES: Record<string, string> = {
  array: 'a list',
  object: 'a mapping',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function typeNames(type: unknown): string {
  const types = Array.isArray(type) ? (type as string[]) : String(type).split(',');
  return types.map((name) => TYPE_NAMES[name] ?? name).join(' or ');
}

function pointerOf(instancePath: string): Pointer {
  if (instancePath === '') return [];
  return instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
