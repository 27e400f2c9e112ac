import { getInput } from '@actions/core';
import { ActionError } from './action-error.ts';

export function requiredInput(name: string): string {
  const value = getInput(name);
  if (value === '') throw new ActionError(`The input "${name}" is missing: give it below "with:" of this step`);
  return value;
}

/** Undefined when it is not given, or empty. */
export function optionalInput(name: string): string | undefined {
  return getInput(name) || undefined;
}

export function booleanInput(name: string, fallback: boolean): boolean {
  const text = getInput(name).toLowerCase();
  if (text === '') return fallback;
  if (text !== 'true' && text !== 'false') {
    throw new ActionError(`The input "${name}" is ${JSON.stringify(text)}: it must be true or false`);
  }
  return text === 'true';
}

/** Words between spaces or line ends. */
export function listInput(name: string): string[] {
  return getInput(name)
    .split(/\s+/)
    .filter((word) => word !== '');
}
