import { type CommandOf, type Grammar, refuse } from './command.ts';
import { isName, quote } from './names.ts';

export const evaluate: Grammar<CommandOf<'evaluate'>> = {
  name: 'evaluate',
  usage: '/evaluate [model…]',
  help: 'Evaluate the candidate and the champion again',
  needs: 'write',
  parse: (words) => {
    const wrong = words.find((word) => !isName(word));
    if (wrong !== undefined) return refuse(`${quote(wrong)} is no model name`);
    return { ok: true, command: { name: 'evaluate', models: [...new Set(words)] } };
  },
};
