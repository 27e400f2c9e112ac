import { type CommandOf, type Grammar, refuse } from './command.ts';
import { takeGate, takeModel } from './gate-reference.ts';
import { takeReason } from './reason.ts';

export const waive: Grammar<CommandOf<'waive'>> = {
  name: 'waive',
  usage: '/waive <model> <gate number or "text"> <reason>',
  help: 'Let what a gate asks approval for stand, for exactly this candidate, champion, holdout and evidence',
  needs: 'owner',
  parse: (_words, text) => {
    const named = takeModel(text, '/waive');
    if (!named.ok) return named;
    const which = takeGate(named.rest);
    if (!which.ok) return which;
    const why = takeReason(which.rest);
    if (!why.ok) return why;
    if (why.reason === '') return refuse('a waiver needs a reason');
    return { ok: true, command: { name: 'waive', model: named.model, gate: which.gate, reason: why.reason } };
  },
};
