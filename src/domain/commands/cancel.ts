import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const cancel: Grammar<CommandOf<'cancel'>> = {
  ...withoutArguments({ name: 'cancel' as const }),
  help: 'Stop the runs of this pull request',
  needs: 'write',
};
