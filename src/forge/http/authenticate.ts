import { createPublicKey, verify } from 'node:crypto';
import { repositoryById } from '../find.ts';
import { HttpError } from '../http-error.ts';
import type { ForgeState, Token } from '../state.ts';
import type { Actor } from '../world.ts';

const undecodable = (): HttpError => new HttpError(401, 'A JSON web token could not be decoded');

const decode = (part: string): Record<string, unknown> => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw undecodable();
  }
};

/** An app proves itself with a JSON web token, signed with its private key, that lives ten minutes at most. */
const authenticateApp = (state: ForgeState, token: string): Actor => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = decode(payload);
  if (decode(header).alg !== 'RS256') throw undecodable();
  const key = createPublicKey(state.app.publicKeyPem);
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) throw undecodable();
  if (String(claims.iss) !== String(state.app.id) && claims.iss !== state.app.clientId) {
    throw new HttpError(401, "'Issuer' claim ('iss') must be an Integer");
  }
  const seconds = Date.now() / 1000;
  const { exp, iat } = claims;
  if (typeof exp !== 'number' || exp <= seconds) {
    throw new HttpError(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time");
  }
  if (exp > seconds + 600) {
    throw new HttpError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== 'number' || iat > seconds + 60) {
    throw new HttpError(401, "'Issued at' claim ('iat') must be an Integer representing the time of the assertion");
  }
  return { kind: 'app' };
};

/** A job acts as an app of its own, installed on the one repository. */
const jobActor = (state: ForgeState, token: Extract<Token, { kind: 'job' }>): Actor => {
  const { owner, createdAt } = repositoryById(state, token.repositoryId);
  const permissions = { metadata: 'read' as const, ...token.permissions };
  return {
    kind: 'installation',
    installation: {
      id: -token.repositoryId,
      account: owner,
      repositorySelection: 'selected',
      repositoryIds: [token.repositoryId],
      permissions,
      events: [],
      createdAt,
      updatedAt: createdAt,
      suspendedAt: undefined,
    },
    permissions,
    repositoryIds: [token.repositoryId],
    bot: 'github-actions[bot]',
  };
};

const authenticateToken = (state: ForgeState, value: string): Actor => {
  const token = state.tokens.find((each) => each.value === value);
  if (!token) throw new HttpError(401, 'Bad credentials');
  if (token.kind === 'user') return { kind: 'user', login: token.login };
  if (token.kind === 'job') return jobActor(state, token);
  const installation = state.installations.find((each) => each.id === token.installationId);
  if (!installation || Date.parse(token.expiresAt) <= Date.now()) throw new HttpError(401, 'Bad credentials');
  if (installation.suspendedAt) throw new HttpError(403, 'This installation has been suspended');
  return {
    kind: 'installation',
    installation,
    permissions: { metadata: 'read', ...token.permissions },
    repositoryIds: token.repositoryIds,
  };
};

/** Who an `Authorization` header speaks for; 401 for what is not known here. */
export const authenticate = (state: ForgeState, header: string | undefined): Actor => {
  if (!header) return { kind: 'anonymous' };
  const [scheme = '', credentials = ''] = header.split(/ +/);
  if (scheme.toLowerCase() === 'basic') {
    const [user = '', ...password] = Buffer.from(credentials, 'base64').toString().split(':');
    return authenticateToken(state, password.join(':') || user);
  }
  if (!/^(bearer|token)$/i.test(scheme)) throw new HttpError(401, 'Bad credentials');
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credentials)
    ? authenticateApp(state, credentials)
    : authenticateToken(state, credentials);
};
