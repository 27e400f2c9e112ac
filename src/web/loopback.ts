import type { IncomingMessage } from 'node:http';

/** Whether a name or address of a host means the machine itself. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(bare);
}

/**
 * Whether a browser on this machine asks, under a name of this machine: a page of elsewhere whose name was made to point
 * here has another name, and what a proxy passes on says so.
 */
export function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const passedOn = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'].some(
    (name) => headers[name],
  );
  return isLoopback(socket.remoteAddress ?? '') && isLoopback(host) && !passedOn;
}
