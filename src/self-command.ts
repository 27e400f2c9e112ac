import { fileURLToPath } from 'node:url';

/** Program and arguments that start this very command line again: compiled as it is, from source through tsx. */
export function selfCommand(...args: string[]): string[] {
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(source ? './cli/main.ts' : './cli/main.js', import.meta.url));
  return [process.execPath, ...(source ? ['--import', import.meta.resolve('tsx')] : []), main, ...args];
}
