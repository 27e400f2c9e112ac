import type { CommandOf, Grammar } from './command.ts';
import { withoutArguments } from './without-arguments.ts';

export const unsnooze: Grammar<CommandOf<'unsnooze'>> = {
  ...withoutArguments({ name: 'unsnooze' as const }),
  help: 'Open and tell again after /snooze',
  needs: 'write',
  on: ['issue'],
};
