import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';

export type SignOptions = { key?: 'own' | 'foreign'; algorithm?: 'RS256' | 'RS512'; keyId?: string };

/** Signs identity tokens and publishes its keys, as GitHub does. */
export async function startIdentityProvider() {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
  const keys = { own, foreign };
  const published = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
  const state = { down: false, fetched: 0 };
  const server = createServer((request, response) => {
    state.fetched += 1;
    if (state.down || request.url !== '/.well-known/jwks') return response.writeHead(state.down ? 503 : 404).end();
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [published] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    state,
    publicKey: own.publicKey,
    async sign(claims: JWTPayload, { key = 'own', algorithm = 'RS256', keyId = 'own' }: SignOptions = {}) {
      const signer =
        algorithm === 'RS256' ? keys[key].privateKey : await importJWK(await exportJWK(own.privateKey), algorithm);
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: keyId }).sign(signer);
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
