/**
 * What could not be saved: one process that takes the same requests, appends each body to a file and waits for its fsync
 * before it answers, one after another. Nothing is checked, remembered or made Parquet. Below `/read` it also parses each
 * body and writes its rows as JSON lines, which no receiver that can refuse a row gets around. Says on standard output
 * where it listens.
 */
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const handle = await open(process.argv[2]!, 'ax');
let last: Promise<unknown> = Promise.resolve();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const content = request.url === '/read' ? linesOf(body.toString()) : body;
  const written = last.then(async () => {
    await handle.appendFile(content);
    await handle.datasync();
  });
  last = written;
  await written;
  response.writeHead(200, { 'content-length': 2 }).end('{}');
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

function linesOf(text: string): string {
  const { observations } = JSON.parse(text) as { observations: object[] };
  return observations.map((row) => `${JSON.stringify(row)}\n`).join('');
}
