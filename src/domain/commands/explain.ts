import { type CommandOf, type Grammar, refuse } from './command.ts';
import { takeGate, takeModel } from './gate-reference.ts';

export const explain: Grammar<CommandOf<'explain'>> = {
  name: 'explain',
  usage: '/explain <model> [gate number or "text"]',
  help: 'Say how the gates came to their verdicts, step by step',
  needs: 'read',
  parse: (_words, text) => {
    const named = takeModel(text, '/explain');
    if (!named.ok) return named;
    if (named.rest === '') return { ok: true, command: { name: 'explain', model: named.model } };
    const which = takeGate(named.rest);
    if (!which.ok) return which;
    if (which.rest !== '') return refuse('/explain takes one model and one gate; a text of several words in quotes');
    return { ok: true, command: { name: 'explain', model: named.model, gate: which.gate } };
  },
};
