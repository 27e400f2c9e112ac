import type { Json } from '../json.ts';
import { PARAM_PATTERN } from '../spec/param-name.ts';
import { type CommandOf, type Grammar, refuse } from './command.ts';
import { isName, quote } from './names.ts';
import { paramValue } from './param-value.ts';

const MOST_PARAMS = 20;

export const retrain: Grammar<CommandOf<'retrain'>> = {
  name: 'retrain',
  usage: '/retrain [model…] [key=value…]',
  help: 'Train again, with these parameters if given; on a drift issue: open a pull request with newer data',
  needs: 'write',
  on: ['pull', 'issue'],
  parse: (words) => {
    const models: string[] = [];
    const params: Record<string, Json> = {};
    for (const word of words) {
      const split = word.indexOf('=');
      if (split < 0) {
        if (!isName(word)) return refuse(`${quote(word)} is neither a model name nor key=value`);
        if (!models.includes(word)) models.push(word);
        continue;
      }
      const key = word.slice(0, split);
      if (!PARAM_PATTERN.test(key)) return refuse(`${quote(key)} is no parameter name`);
      if (Object.hasOwn(params, key)) return refuse(`${quote(key)} is given twice`);
      const value = paramValue(word.slice(split + 1));
      if (value === undefined) return refuse(`${quote(word)}: the value must be a number, true, false, text or [list]`);
      params[key] = value;
    }
    if (Object.keys(params).length > MOST_PARAMS) return refuse(`more than ${MOST_PARAMS} parameters`);
    return { ok: true, command: { name: 'retrain', models, params } };
  },
};
