import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const plan: Grammar<CommandOf<'plan'>> = {
  ...withoutArguments({ name: 'plan' as const }),
  help: 'Look at the pull request again and plan it anew',
  needs: 'write',
};
