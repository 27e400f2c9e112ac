import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Config } from '../../server/config.ts';
import type { Finding } from './finding.ts';

type App = { slug?: string; permissions?: Record<string, string>; events?: string[] };
type Manifest = { default_permissions: Record<string, string>; default_events: string[] };

const strength = ['read', 'write', 'admin'];

/** GitHub takes RS256 tokens of ten minutes at most; a minute back allows for clocks that differ. */
function appToken({ appId, privateKey }: Config): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 300, iss: String(appId) })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

/** Asks GitHub who we are, and whether the app may do and hears of all that the manifest names. */
export async function checkGitHubApp(config: Config): Promise<Finding[]> {
  const check = 'GitHub';
  let app: App;
  try {
    const response = await fetch(`${config.apiUrl}/app`, {
      headers: { authorization: `Bearer ${appToken(config)}`, accept: 'application/vnd.github+json' },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) {
      const fix =
        'APP_ID and PRIVATE_KEY have to belong to the same app, and the clock of this machine has to be right';
      return [{ check, ok: false, detail: `${config.apiUrl} answered ${response.status}`, fix }];
    }
    app = (await response.json()) as App;
  } catch (error) {
    const cause = (error as Error).cause;
    const detail = `${config.apiUrl}: ${cause instanceof Error ? cause.message : (error as Error).message}`;
    return [{ check, ok: false, detail, fix: 'Check the network, GHE_HOST and GHE_PROTOCOL' }];
  }
  const manifest = parse(await readFile(new URL('../../../app.yml', import.meta.url), 'utf8')) as Manifest;
  const lacking = Object.entries(manifest.default_permissions)
    .filter(([name, level]) => strength.indexOf(app.permissions?.[name] ?? '') < strength.indexOf(level))
    .map(([name, level]) => `${name}: ${level}`);
  const unheard = manifest.default_events.filter((event) => !app.events?.includes(event));
  const fix = 'Change it on the settings page of the app; installations then have to accept it';
  const compare = (what: string, missing: string[]): Finding =>
    missing.length === 0
      ? { check: what, ok: true, detail: 'as in app.yml' }
      : { check: what, ok: false, detail: `missing: ${missing.join(', ')}`, fix };
  return [
    { check, ok: true, detail: `${config.apiUrl}, app ${app.slug}` },
    compare('app permissions', lacking),
    compare('app events', unheard),
  ];
}
