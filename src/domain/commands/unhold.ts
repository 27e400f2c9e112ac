import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const unhold: Grammar<CommandOf<'unhold'>> = {
  ...withoutArguments({ name: 'unhold' as const }),
  help: 'Let the merge go on after /hold',
  needs: 'write',
};
