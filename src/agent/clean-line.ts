import { stripVTControlCharacters } from 'node:util';
import { secretForms } from './secrets.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const CUT = ' … (cut)';

/**
 * A log line that can be stored and shown: no escape sequences or control characters, at most `maxLength` UTF-16 units,
 * and none of the secrets, however they are written (see `secretForms`). `cutAt`: a line of that length may have been
 * cut already, in the middle of a secret too.
 */
export function createLineCleaner(secrets: string[], maxLength: number, cutAt: number): (line: string) => string {
  const hidden = secretForms([...secrets, ...secrets.filter((secret) => secret.length >= 8).map(basicAuth)]);
  const longest = hidden[0]?.length ?? 0;
  return (line) => {
    let clean = stripVTControlCharacters(line).replace(CONTROL, '');
    for (const secret of hidden) if (clean.includes(secret)) clean = clean.replaceAll(secret, '***');
    if (line.length >= cutAt) clean = `${clean.slice(0, Math.max(0, clean.length - longest))}${CUT}`;
    return clean.length > maxLength ? `${clean.slice(0, maxLength - CUT.length)}${CUT}` : clean;
  };
}

/** As git sends a token: never shown by git itself, but a trace of it would. */
export function basicAuth(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
}
