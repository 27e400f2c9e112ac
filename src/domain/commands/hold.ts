import type { CommandOf, Grammar } from './command.ts';
import { takeReason } from './reason.ts';

export const hold: Grammar<CommandOf<'hold'>> = {
  name: 'hold',
  usage: '/hold [reason]',
  help: 'Keep the pull request from being merged until /unhold',
  needs: 'write',
  parse: (_words, text) => {
    const taken = takeReason(text);
    if (!taken.ok) return taken;
    const { reason } = taken;
    return { ok: true, command: { name: 'hold', ...(reason === '' ? {} : { reason }) } };
  },
};
