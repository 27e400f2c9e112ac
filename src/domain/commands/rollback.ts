import { isVersion } from '../registry/version.ts';
import { type CommandOf, type Grammar, refuse } from './command.ts';
import { isName, quote } from './names.ts';

export const rollback: Grammar<CommandOf<'rollback'>> = {
  name: 'rollback',
  usage: '/rollback <deployment> [version]',
  help: 'Put a deployment back on the version before, or on the one named; on a drift issue it needs no name',
  needs: 'write',
  on: ['pull', 'issue'],
  parse: (words) => {
    const [first] = words;
    const named = first !== undefined && !isVersion(bare(first));
    const [version, ...rest] = named ? words.slice(1) : words;
    if (named && !isName(first)) return refuse(`${quote(first)} is no deployment name`);
    if (rest.length > 0) return refuse('/rollback takes one deployment and one version');
    if (version !== undefined && !isVersion(bare(version)))
      return refuse(`${quote(version)} is no version such as 1.2.0`);
    return {
      ok: true,
      command: {
        name: 'rollback',
        ...(named ? { deployment: first } : {}),
        ...(version === undefined ? {} : { version: bare(version) }),
      },
    };
  },
};

function bare(version: string): string {
  return version.replace(/^v/, '');
}
