import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Stored = { body: Buffer; etag: string; at: Date };

/** As much of S3 as the source asks for, over HTTP, with troubles to order. Signatures are not looked at. */
export async function startS3Fake() {
  const objects = new Map<string, Stored>();
  const requests: { method: string; path: string; bytes: number }[] = [];
  /** Statuses that the next requests are answered with instead. */
  const troubles: { status: number; code: string }[] = [];
  let pageSize = 1000;
  let cut = 0;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const note = (bytes: number) => requests.push({ method: request.method ?? '', path: request.url ?? '', bytes });
    const trouble = troubles.shift();
    if (trouble) {
      note(0);
      return xml(
        response,
        trouble.status,
        `<Error><Code>${trouble.code}</Code><Message>${trouble.code}</Message></Error>`,
      );
    }
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    if (bucket !== 'acme-logs') return xml(response, 404, '<Error><Code>NoSuchBucket</Code></Error>');
    if (key === '') {
      note(0);
      return xml(response, 200, listing(url.searchParams));
    }
    const found = objects.get(key);
    if (!found) return xml(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
    const wanted = request.headers['if-match'];
    if (wanted !== undefined && wanted !== `"${found.etag}"`) {
      return xml(response, 412, '<Error><Code>PreconditionFailed</Code></Error>');
    }
    note(found.body.length);
    response.writeHead(200, { 'content-length': found.body.length, etag: `"${found.etag}"` });
    if (cut > 0) {
      cut -= 1;
      response.write(found.body.subarray(0, found.body.length / 2));
      return response.destroy();
    }
    return response.end(found.body);
  });

  function listing(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const seen = new Set<string>();
    const entries: { name: string; stored?: Stored }[] = [];
    for (const [key, stored] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!key.startsWith(prefix)) continue;
      const slash = key.indexOf('/', prefix.length);
      const name = slash < 0 ? key : key.slice(0, slash + 1);
      if (seen.has(name)) continue;
      seen.add(name);
      if (name > after) entries.push(slash < 0 ? { name, stored } : { name });
    }
    const page = entries.slice(0, pageSize);
    const more = entries.length > page.length;
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${page.at(-1)!.name}</NextContinuationToken>` : ''
    }${page
      .map(({ name, stored }) =>
        stored
          ? `<Contents><Key>${name}</Key><ETag>&quot;${stored.etag}&quot;</ETag><Size>${stored.body.length}</Size><LastModified>${stored.at.toISOString()}</LastModified></Contents>`
          : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`,
      )
      .join('')}</ListBucketResult>`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    troubles,
    set pageSize(size: number) {
      pageSize = size;
    },
    /** So many answers break off in the middle. */
    set cut(times: number) {
      cut = times;
    },
    put(key: string, body: Buffer) {
      objects.set(key, { body, etag: createHash('md5').update(body).digest('hex'), at: new Date() });
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function xml(response: ServerResponse, status: number, body: string) {
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
