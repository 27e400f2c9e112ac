import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../domain/errors.ts';
import type { Artifacts } from '../ports/artifacts.ts';

const address = /^\/plots\/([0-9a-f]{64})\.(svg|png)$/;
const largest = 5_000_000;
const types = { svg: 'image/svg+xml; charset=utf-8', png: 'image/png' } as const;

/** Models lie in the same place: only what begins like a picture is one. */
const isPicture = (kind: keyof typeof types, content: Buffer): boolean =>
  kind === 'png'
    ? content.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    : /^(<\?xml[^>]*>)?\s*<svg[\s>]/.test(content.subarray(0, 300).toString('utf8'));

async function readPicture(artifacts: Artifacts, digest: string): Promise<Buffer | undefined> {
  try {
    if ((await artifacts.size(digest)) > largest) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of await artifacts.read(digest)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict/not-found') return undefined;
    throw error;
  }
}

/** `/plots/<sha256>.svg|png`: pictures of checks and comments, by digest. GitHub's Markdown allows no inline data. */
export function createPlotsHandler(artifacts: Artifacts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!path.startsWith('/plots/') || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const [, hex, extension] = address.exec(path) ?? [];
    const kind = extension as keyof typeof types;
    const content = hex ? await readPicture(artifacts, `sha256:${hex}`) : undefined;
    if (!content || !isPicture(kind, content)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return true;
    }
    response.writeHead(200, {
      'content-type': types[kind],
      'content-length': content.length,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    response.end(request.method === 'HEAD' ? undefined : content);
    return true;
  };
}
