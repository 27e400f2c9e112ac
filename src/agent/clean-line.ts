import { stripVTControlCharacters } from 'node:util';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const CUT = ' … (cut)';

/**
 * A log line that can be stored and shown: no escape sequences or control characters, at most `maxLength` UTF-16 units,
 * and none of the secrets, in clear or as base64.
 */
export function createLineCleaner(secrets: string[], maxLength: number): (line: string) => string {
  const hidden = secrets
    .filter((secret) => secret.length >= 8)
    .flatMap((secret) => [secret, basicAuth(secret)])
    .sort((a, b) => b.length - a.length);
  return (line) => {
    let clean = stripVTControlCharacters(line).replace(CONTROL, '');
    for (const secret of hidden) clean = clean.replaceAll(secret, '***');
    return clean.length > maxLength ? `${clean.slice(0, maxLength - CUT.length)}${CUT}` : clean;
  };
}

/** As git sends a token: never shown by git itself, but a trace of it would. */
export function basicAuth(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
}
