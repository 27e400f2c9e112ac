import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line between agents and a server that can be cut. */
export async function openCuttableProxy(target: string) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let whole = true;
  let sent = 0;
  let cutWhen: ((text: string, from: 'agent' | 'server') => boolean) | undefined;

  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [socket, other, from] of [
      [near, far, 'agent'],
      [far, near, 'server'],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      socket.on('data', (chunk: Buffer) => {
        if (cutWhen?.(chunk.toString('latin1'), from)) {
          cutWhen = undefined;
          return cut();
        }
        if (from === 'agent') sent += chunk.length;
        if (other.write(chunk)) return;
        socket.pause();
        other.once('drain', () => socket.resume());
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function cut(): void {
    whole = false;
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    /** Before what makes `condition` true gets to the other side. */
    cutWhen(condition: (text: string, from: 'agent' | 'server') => boolean): void {
      cutWhen = condition;
    },
    isWhole: () => whole,
    /** Bytes from agents to the server. */
    sent: () => sent,
    mend(): void {
      whole = true;
    },
    async close(): Promise<void> {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
