import { type CommandOf, type Grammar, type Parsed, refuse } from './command.ts';

type Bare = 'plan' | 'unapprove' | 'unhold' | 'cancel' | 'help';

/** The grammar of a command that is its name alone. */
export function withoutArguments<N extends Bare>(about: {
  name: N;
  help: string;
  needs: Grammar['needs'];
}): Grammar<CommandOf<N>> {
  const usage = `/${about.name}`;
  const command = { name: about.name } as CommandOf<N>;
  const parse = (words: readonly string[]): Parsed<CommandOf<N>> =>
    words.length > 0 ? refuse(`${usage} takes no arguments`) : { ok: true, command };
  return { ...about, usage, parse };
}
