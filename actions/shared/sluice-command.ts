import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ActionError } from './action-error.ts';

/**
 * Program and arguments that run an installed sluice from its sources. Node.js 24, which `using: node24` promises, takes
 * the types out by itself; an older one needs tsx, which a production install leaves out.
 */
export function sluiceCommand(folder: string): string[] {
  const main = path.join(folder, 'src/cli/main.ts');
  const { typescript } = process.features as { typescript?: false | string };
  return [process.execPath, ...(typescript ? ['--disable-warning=ExperimentalWarning'] : throughTsx(folder)), main];
}

function throughTsx(folder: string): string[] {
  try {
    const tsx = createRequire(path.join(folder, 'package.json')).resolve('tsx');
    return ['--import', pathToFileURL(tsx).href];
  } catch (cause) {
    const message = `sluice needs Node.js 24 here, this is ${process.version}: update the runner (2.327.1 or newer)`;
    throw new ActionError(message, { cause });
  }
}
