import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const unapprove: Grammar<CommandOf<'unapprove'>> = {
  ...withoutArguments({ name: 'unapprove' as const }),
  help: 'Take your approval back',
  needs: 'write',
};
