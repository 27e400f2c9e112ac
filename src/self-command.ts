import { fileURLToPath } from 'node:url';

/**
 * Program and arguments that start this very command line again: compiled as it is; from source by a Node.js that takes
 * the types out by itself (22.18, 24 and later), through tsx by an older one.
 */
export function selfCommand(...args: string[]): string[] {
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(source ? './cli/main.ts' : './cli/main.js', import.meta.url));
  const { typescript } = process.features as { typescript?: false | string };
  return [process.execPath, ...(source && !typescript ? ['--import', import.meta.resolve('tsx')] : []), main, ...args];
}
