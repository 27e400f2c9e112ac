import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Runs a program as the same user in a user namespace of its own, as the same process. */
const UNSHARE = ['unshare', '--user', '--map-current-user', '--'];
const PROBE_MS = 2_000;

/** Tried once: the answer stays the same. */
let probed: Promise<boolean> | undefined;

/**
 * What has to be written before a command so that it cannot look into the processes of its own user: their environment,
 * memory and open files are then another namespace's, and programs that change the user (sudo) change nothing. Empty
 * where the machine has no such namespaces for us, and where `program` would not be found anyway, which it then says
 * itself.
 */
export async function apart(program: string, where: { cwd: string; path: string }): Promise<string[]> {
  // a pod is nobody else's, and root in it must go on reading volumes of other users
  if (process.getuid?.() === 0 && process.env.KUBERNETES_SERVICE_HOST !== undefined) return [];
  // the first program to use a GPU after a start of the machine has one that changes the user make its device
  if (existsSync('/proc/driver/nvidia') && !existsSync('/dev/nvidia-uvm')) return [];
  probed ??= canUnshare();
  const [works, found] = await Promise.all([probed, isThere(program, where)]);
  return works && found ? UNSHARE : [];
}

async function canUnshare(): Promise<boolean> {
  const [program, ...args] = UNSHARE as [string, ...string[]];
  if (process.platform !== 'linux') return false;
  return promisify(execFile)(program, [...args, 'true'], { timeout: PROBE_MS }).then(
    () => true,
    () => false,
  );
}

async function isThere(program: string, where: { cwd: string; path: string }): Promise<boolean> {
  const folders = program.includes('/') ? [''] : where.path.split(path.delimiter);
  const found = await Promise.allSettled(
    folders.map((folder) => access(path.resolve(where.cwd, folder, program), constants.X_OK)),
  );
  return found.some(({ status }) => status === 'fulfilled');
}
