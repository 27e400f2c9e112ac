import { type CommandOf, type Grammar, refuse } from './command.ts';
import { quote } from './names.ts';

export const approve: Grammar<CommandOf<'approve'>> = {
  name: 'approve',
  usage: '/approve [sha]',
  help: 'Approve this plan with these results; a push that changes either takes it back',
  needs: 'owner',
  parse: (words) => {
    const [sha, ...rest] = words;
    if (rest.length > 0) return refuse('/approve takes one commit at most');
    if (sha === undefined) return { ok: true, command: { name: 'approve' } };
    if (!/^[0-9a-f]{7,40}$/.test(sha)) return refuse(`${quote(sha)} is no commit: 7 to 40 of the digits 0-9a-f`);
    return { ok: true, command: { name: 'approve', sha } };
  },
};
