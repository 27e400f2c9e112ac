import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const help: Grammar<CommandOf<'help'>> = {
  ...withoutArguments({ name: 'help' as const }),
  help: 'Show this list',
  needs: 'read',
  on: ['pull', 'issue'],
};
