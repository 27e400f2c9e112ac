const SECRET_NAME = /(TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIALS?)$|^AWS_/i;
/** Said everywhere, and no secret. */
const KNOWN = /^AWS_((DEFAULT_)?(REGION|OUTPUT|PROFILE)|PAGER|.*_FILE)$/;
/** Shorter values are part of ordinary words. */
const SHORTEST = 8;
const SHORTEST_BASE64 = 10;

/** Values of variables whose names say that nobody should read them. */
export function secretsOf(environment: Record<string, string | undefined>): string[] {
  return Object.entries(environment)
    .filter(([name]) => SECRET_NAME.test(name) && !KNOWN.test(name))
    .map(([, value]) => value ?? '');
}

/**
 * Everything that gives a secret away, the longest first: each of its lines, in clear, percent-encoded, as a JSON string
 * and as base64 wherever it stands within what was encoded.
 */
export function secretForms(secrets: string[]): string[] {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)].map((line) => line.trim()));
  const forms = lines.filter((line) => line.length >= SHORTEST).flatMap(formsOf);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  const lower = encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
  const form = encoded.replaceAll('%20', '+');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const core = base64Core(secret, offset);
    return core.length < SHORTEST_BASE64 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [secret, encoded, lower, form, JSON.stringify(secret).slice(1, -1), ...base64];
}

/** The digits of base64 that depend on the secret alone when `offset` bytes (modulo 3) come before it. */
function base64Core(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const digits = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), digits);
}
