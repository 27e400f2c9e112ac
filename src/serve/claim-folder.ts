import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';

/**
 * Makes this the only process on the machine that serves the folder (two would compact each other's open segments):
 * AppError conflict/stale when there is one. The claim is a socket, so the system takes it back however the process
 * ends; a lock file with a pid outlives its process, and pids come again. Answers how to release it.
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const address = addressOf(
    createHash('sha256')
      .update(await realpath(folder))
      .digest('hex')
      .slice(0, 32),
  );
  for (let attempt = 0; attempt < 2; attempt++) {
    const server = await listen(address);
    if (server) return () => new Promise((resolve) => server.close(() => resolve()));
    if (process.platform === 'linux' || process.platform === 'win32' || (await answers(address))) break;
    // A socket file that nobody listens on was left by a process that died.
    await rm(address, { force: true });
  }
  throw new AppError('conflict/stale', `Another process serves ${folder} already`);
}

/** Linux: abstract namespace, Windows: named pipe; neither leaves a file behind. */
function addressOf(name: string): string {
  if (process.platform === 'linux') return `\0sluice-${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\sluice-${name}` : path.join(os.tmpdir(), `sluice-${name}.sock`);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
