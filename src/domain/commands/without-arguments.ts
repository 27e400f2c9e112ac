import { type Parsed, refuse } from './command.ts';

/** How a command is written that is its name alone. */
export function withoutArguments<C extends { name: string }>(
  command: C,
): { name: C['name']; usage: string; parse(words: readonly string[]): Parsed<C> } {
  const usage = `/${command.name}`;
  const parse = (words: readonly string[]): Parsed<C> =>
    words.length > 0 ? refuse(`${usage} takes no arguments`) : { ok: true, command };
  return { name: command.name, usage, parse };
}
