import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Postgres server of its own in a temporary folder, from the binaries that the system's package installed. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const binaries = await findBinaries();
  const account = await unprivilegedAccount();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid!);
  await chmod(folder, 0o700);
  const data = path.join(folder, 'data');
  const options = { ...account, cwd: folder, env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder } };
  const port = await freePort();
  await run(path.join(binaries, 'initdb'), ['-D', data, '-U', 'sluice', '-A', 'trust', '-E', 'UTF8', '-N'], options);
  const settings = `-c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c port=${port} -c fsync=off`;
  const control = path.join(binaries, 'pg_ctl');
  await run(control, ['-D', data, '-w', '-l', path.join(folder, 'log'), '-o', settings, 'start'], options);
  return {
    url: `postgres://sluice@127.0.0.1:${port}/postgres`,
    async stop() {
      await run(control, ['-D', data, '-m', 'immediate', '-w', 'stop'], options);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findBinaries(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined) {
    throw new Error(`no Postgres server in ${root}: install one (Debian: apt-get install postgresql)`);
  }
  return path.join(root, String(newest), 'bin');
}

/** Postgres refuses to run as root; then the package's own account is used. */
async function unprivilegedAccount(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
