import { parseDuration } from '../spec/units.ts';
import { type CommandOf, type Grammar, refuse } from './command.ts';
import { quote } from './names.ts';

const LONGEST_DAYS = 90;

export const snooze: Grammar<CommandOf<'snooze'>> = {
  name: 'snooze',
  usage: '/snooze <duration>',
  help: `Open and tell nothing for so long, such as 7d or 12h, at most ${LONGEST_DAYS}d; 0d ends it`,
  needs: 'write',
  on: ['issue'],
  parse: (words) => {
    const [duration, ...rest] = words;
    if (duration === undefined) return refuse('/snooze needs a duration such as 7d');
    if (rest.length > 0) return refuse('/snooze takes one duration');
    const ms = parseDuration(duration);
    if (ms === undefined) return refuse(`${quote(duration)} is no duration such as 12h or 7d`);
    if (ms > LONGEST_DAYS * 86_400_000)
      return refuse(`at most ${LONGEST_DAYS}d; what is never to be told can be ignored in the monitor`);
    return { ok: true, command: { name: 'snooze', seconds: Math.ceil(ms / 1_000) } };
  },
};
