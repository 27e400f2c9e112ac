import { spawn } from 'node:child_process';
import { AppError } from '../domain/errors.ts';

/** Output of `git <args>` in the folder. Throws config/invalid-input with git's own words when it fails. */
export async function git(folder: string, args: readonly string[], input?: string): Promise<Buffer> {
  const child = spawn('git', ['-C', folder, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  // A git that ends early closes its input; its exit status says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).catch((cause: unknown) => {
    throw new AppError('config/environment', 'running git: is it installed?', { cause });
  });
  if (status === 0) return Buffer.concat(out);
  const said = Buffer.concat(complaints).toString('utf8').trim().split('\n')[0] ?? '';
  throw new AppError('config/invalid-input', `git ${args[0]}: ${said || `ended with ${status}`}`);
}

/** The non-empty fields of a `-z` output. */
export function fields(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((field) => field !== '');
}
