import { type CommandOf, type Grammar, refuse } from './command.ts';
import { takeGate, takeModel } from './gate-reference.ts';

export const unwaive: Grammar<CommandOf<'unwaive'>> = {
  name: 'unwaive',
  usage: '/unwaive <model> [gate number or "text"]',
  help: 'Take back the waiver of a gate, or all of the model’s here',
  needs: 'write',
  parse: (_words, text) => {
    const named = takeModel(text, '/unwaive');
    if (!named.ok) return named;
    if (named.rest === '') return { ok: true, command: { name: 'unwaive', model: named.model } };
    const which = takeGate(named.rest);
    if (!which.ok) return which;
    if (which.rest !== '') return refuse('/unwaive takes one model and one gate; a text of several words in quotes');
    return { ok: true, command: { name: 'unwaive', model: named.model, gate: which.gate } };
  },
};
