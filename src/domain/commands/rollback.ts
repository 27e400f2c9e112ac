import { isVersion } from '../registry/version.ts';
import { type CommandOf, type Grammar, refuse } from './command.ts';
import { isName, quote } from './names.ts';

export const rollback: Grammar<CommandOf<'rollback'>> = {
  name: 'rollback',
  usage: '/rollback <deployment> [version]',
  help: 'Put a deployment back on the version before, or on the one named',
  needs: 'write',
  parse: (words) => {
    const [deployment, version, ...rest] = words;
    if (deployment === undefined) return refuse('/rollback needs the name of a deployment');
    if (!isName(deployment)) return refuse(`${quote(deployment)} is no deployment name`);
    if (rest.length > 0) return refuse('/rollback takes one deployment and one version');
    if (version === undefined) return { ok: true, command: { name: 'rollback', deployment } };
    const bare = version.replace(/^v/, '');
    if (!isVersion(bare)) return refuse(`${quote(version)} is no version such as 1.2.0`);
    return { ok: true, command: { name: 'rollback', deployment, version: bare } };
  },
};
