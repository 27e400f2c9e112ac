import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const accept: Grammar<CommandOf<'accept'>> = {
  ...withoutArguments({ name: 'accept' as const }),
  help: 'Open a pull request that takes production since the alert began as the new reference',
  needs: 'write',
  on: ['issue'],
};
