import { invalid } from '../http-error.ts';

type Body = Record<string, unknown>;

/** A text that must be there; 422 otherwise. */
export const requiredText = (body: Body, field: string, resource: string): string => {
  const value = body[field];
  if (value === undefined || value === null || value === '') throw invalid(resource, field, 'missing_field');
  if (typeof value !== 'string') throw invalid(resource, field, 'invalid');
  return value;
};

export const optionalText = (body: Body, field: string, resource: string): string | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(resource, field, 'invalid');
  return value;
};

export const optionalFlag = (body: Body, field: string, resource: string): boolean | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw invalid(resource, field, 'invalid');
  return value;
};

export const optionalTexts = (body: Body, field: string, resource: string): string[] | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
    throw invalid(resource, field, 'invalid');
  return value;
};

export const oneOf = <T extends string>(
  body: Body,
  field: string,
  resource: string,
  values: readonly T[],
): T | undefined => {
  const value = optionalText(body, field, resource);
  if (value === undefined) return undefined;
  if (!values.includes(value as T))
    throw invalid(resource, field, 'invalid', `${field} must be one of ${values.join(', ')}`);
  return value as T;
};

/** 422 when a text is longer than GitHub takes. */
export const atMost = (text: string | undefined, limit: number, field: string, resource: string): void => {
  if (text !== undefined && text.length > limit) {
    throw invalid(resource, field, 'custom', `${field} is too long (maximum is ${limit} characters)`);
  }
};

export const integer = (text: string | null | undefined, fallback: number): number => {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) ? value : fallback;
};
