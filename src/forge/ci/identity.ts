import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
  SignJWT,
} from 'jose';
import { accountOf, repositoryById } from '../find.ts';
import { HttpError } from '../http-error.ts';
import type { World } from '../world.ts';
import { findJob, findRun } from './find-run.ts';
import { githubContext } from './github-context.ts';
import type { IdentityGrant } from './runtime.ts';

/** Issuer of the tokens, as on a GitHub Enterprise server. */
export const issuerOf = (world: World): string => `${world.state.url}/_services/token`;

/** Kept in the data folder: a restart must not make what was signed before worthless. */
const loadKey = async (world: World): Promise<{ privateKey: CryptoKey; publicJwk: JWK }> => {
  const file = path.join(world.dataDir, 'identity-key.pem');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  const pem = known ?? (await exportPKCS8((await generateKeyPair('RS256', { extractable: true })).privateKey));
  if (known === undefined) await writeFile(file, pem, { mode: 0o600 });
  const privateKey = await importPKCS8(pem, 'RS256', { extractable: true });
  const { kty, n, e } = await exportJWK(privateKey);
  const publicJwk = { kty, n, e } as JWK;
  return {
    privateKey,
    publicJwk: { ...publicJwk, kid: await calculateJwkThumbprint(publicJwk), alg: 'RS256', use: 'sig' },
  };
};

const keyOf = (world: World) => {
  world.ci.identityKey ??= loadKey(world);
  return world.ci.identityKey;
};

export const identityConfiguration = (world: World): Record<string, unknown> => ({
  issuer: issuerOf(world),
  jwks_uri: `${issuerOf(world)}/.well-known/jwks`,
  subject_types_supported: ['public', 'pairwise'],
  response_types_supported: ['id_token'],
  claims_supported:
    'sub aud exp iat iss jti nbf ref sha repository repository_id repository_owner repository_owner_id run_id run_number run_attempt actor actor_id workflow workflow_ref workflow_sha head_ref base_ref event_name ref_type environment job_workflow_ref job_workflow_sha repository_visibility runner_environment enterprise'.split(
      ' ',
    ),
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid'],
});

export const identityKeys = async (world: World): Promise<{ keys: JWK[] }> => ({
  keys: [(await keyOf(world)).publicJwk],
});

const subjectOf = (repository: string, github: Record<string, unknown>, environment: string | undefined): string => {
  if (environment !== undefined) return `repo:${repository}:environment:${environment}`;
  return github.event_name === 'pull_request'
    ? `repo:${repository}:pull_request`
    : `repo:${repository}:ref:${github.ref}`;
};

const copied = [
  'ref',
  'sha',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'repository_visibility',
  'run_id',
  'run_number',
  'run_attempt',
  'actor',
  'actor_id',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'head_ref',
  'base_ref',
  'event_name',
  'ref_type',
  'ref_protected',
];

const claimsOf = (world: World, grant: IdentityGrant): Record<string, string> => {
  const repository = repositoryById(world.state, grant.repositoryId);
  const github = githubContext(world, repository, findRun(repository, grant.runId));
  return {
    ...Object.fromEntries(copied.map((name) => [name, String(github[name])])),
    ...(grant.environment === undefined ? {} : { environment: grant.environment }),
    job_workflow_ref: String(github.workflow_ref),
    job_workflow_sha: String(github.workflow_sha),
    runner_environment: 'self-hosted',
    check_run_id: String(grant.jobId),
    sub: subjectOf(repository.fullName, github, grant.environment),
  };
};

/** Signs who a running job is, for the audience that it asks for. */
export const issueIdentity = async (world: World, bearer: string, audience: string | undefined): Promise<string> => {
  const grant = world.ci.identities.get(bearer);
  if (!grant) throw new HttpError(401, 'Bad credentials');
  const repository = repositoryById(world.state, grant.repositoryId);
  if (findJob(repository, grant.jobId).status === 'completed') throw new HttpError(401, 'Bad credentials');
  const { privateKey, publicJwk } = await keyOf(world);
  const seconds = Math.floor(Date.now() / 1000);
  return new SignJWT(claimsOf(world, grant))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: publicJwk.kid as string, x5t: publicJwk.kid as string })
    .setIssuer(issuerOf(world))
    .setAudience(audience ?? `${world.state.url}/${accountOf(world.state, repository.owner).login}`)
    .setJti(randomUUID())
    .setIssuedAt(seconds)
    .setNotBefore(seconds - 300)
    .setExpirationTime(seconds + world.ci.settings.identityLifetime)
    .sign(privateKey);
};
