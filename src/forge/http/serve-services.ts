import type { IncomingHttpHeaders } from 'node:http';
import { identityConfiguration, identityKeys, issueIdentity } from '../ci/identity.ts';
import { HttpError } from '../http-error.ts';
import type { World } from '../world.ts';

export type ServiceAnswer = { status: number; headers: Record<string, string>; body: Buffer };

const json = (body: unknown, status = 200): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** What is beside the API: tokens of a job's identity, and the files behind redirects. Undefined for any other path. */
export const serveServices = async (
  world: World,
  url: URL,
  headers: IncomingHttpHeaders,
): Promise<ServiceAnswer | undefined> => {
  const { pathname } = url;
  if (pathname === '/_services/token/.well-known/openid-configuration') return json(identityConfiguration(world));
  if (pathname === '/_services/token/.well-known/jwks') return json(await identityKeys(world));
  if (/^\/_services\/token\/request\/\d+$/.test(pathname)) {
    try {
      const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
      return json({ value: await issueIdentity(world, bearer, url.searchParams.get('audience') ?? undefined) });
    } catch (error) {
      if (error instanceof HttpError) return json({ message: error.message }, error.status);
      throw error;
    }
  }
  const secret = /^\/_services\/download\/([0-9a-f]+)$/.exec(pathname)?.[1];
  const download = secret === undefined ? undefined : world.ci.downloads.get(secret);
  if (!download) return undefined;
  const body = await download.read();
  const disposition = { 'content-disposition': `attachment; filename="${download.fileName}"` };
  return { status: 200, headers: { 'content-type': download.contentType, ...disposition }, body };
};
