import { type CommandOf, type Grammar, refuse } from './command.ts';

const LONGEST_REASON = 200;

export const hold: Grammar<CommandOf<'hold'>> = {
  name: 'hold',
  usage: '/hold [reason]',
  help: 'Keep the pull request from being merged until /unhold',
  needs: 'write',
  parse: (_words, text) => {
    const reason = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').trim();
    if (reason.length > LONGEST_REASON) return refuse(`a reason has at most ${LONGEST_REASON} characters`);
    return { ok: true, command: { name: 'hold', ...(reason === '' ? {} : { reason }) } };
  },
};
