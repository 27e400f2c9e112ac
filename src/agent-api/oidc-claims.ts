import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { AppError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { notAccepted } from './oidc-refusal.ts';

/** What GitHub says of the run that asks; numbers come as text. `expiresAt`: epoch ms. */
export type OidcClaims = Record<(typeof READ)[number], string> & { expiresAt: number };

const READ = [
  'jti',
  'repository',
  'repository_id',
  'repository_owner_id',
  'event_name',
  'workflow_ref',
  'ref',
  'run_id',
  'run_attempt',
  'sha',
] as const;

/** Our clock and GitHub's may differ by that much. */
const TOLERANCE_SECONDS = 10;
const KEYS_TIMEOUT_MS = 5_000;
/** A token of an unknown key has the keys fetched again, but no more often than that. */
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_FOR_MS = 3_600_000;

/** That the other side's keys could not be had is no fault of the token. */
const OF_TOKEN = /^ERR_(JWT|JWS|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE)/;

/** Answers what a token says once its signature, issuer, audience and times are in order; else throws OidcRefusal. */
export function createClaimsReader(options: { issuer: string; audience(): string; clock: Clock }) {
  const keys = createRemoteJWKSet(new URL(`${options.issuer}/.well-known/jwks`), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    cacheMaxAge: KEYS_FOR_MS,
  });

  return async (token: string): Promise<OidcClaims> => {
    const audience = options.audience();
    const payload = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: options.issuer,
      audience,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(options.clock.now()),
      requiredClaims: ['exp', 'nbf', ...READ],
    }).then(({ payload: verified }) => verified, refuse);
    if (payload.aud !== audience) throw notAccepted('it is meant for others, too');
    return readClaims(payload);
  };
}

function refuse(error: unknown): never {
  if (error instanceof errors.JOSEError && OF_TOKEN.test(error.code))
    throw notAccepted(`${error.code}: ${error.message}`);
  throw new AppError('external/runner', 'the keys of the identity provider cannot be read now', { cause: error });
}

function readClaims(payload: JWTPayload): OidcClaims {
  const claims = READ.map((name) => {
    const value = payload[name];
    if (typeof value !== 'string' || value === '') throw notAccepted(`its claim ${name} is no text`);
    return [name, value];
  });
  return { ...(Object.fromEntries(claims) as Record<(typeof READ)[number], string>), expiresAt: payload.exp! * 1000 };
}
