import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const unapprove: Grammar<CommandOf<'unapprove'>> = withoutArguments({
  name: 'unapprove',
  help: 'Take your approval back',
  needs: 'write',
});
