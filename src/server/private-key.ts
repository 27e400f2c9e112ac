import { createPrivateKey } from 'node:crypto';

type Problem = { variable: string; problem: string; fix: string };

const fix = 'Make one on the settings page of your GitHub App ("Generate a private key") and name the file here';

/** One line with `\n` written out, and Base64 of the whole, are how hosts carry a PEM in a variable. */
const plainPem = (value: string): string => {
  const text = value.replace(/\\n/g, '\n').trim();
  return text.startsWith('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8').trim();
};

export function readPrivateKey(
  env: Record<string, string | undefined>,
  readText: (file: string) => string,
): { pem: string } | Problem {
  const inline = env.PRIVATE_KEY?.trim();
  const file = env.PRIVATE_KEY_PATH?.trim();
  const variable = inline ? 'PRIVATE_KEY' : 'PRIVATE_KEY_PATH';
  if (!inline && !file) return { variable, problem: 'is not set (nor PRIVATE_KEY)', fix };
  try {
    const pem = plainPem(inline || readText(file ?? ''));
    createPrivateKey(pem);
    return { pem: `${pem}\n` };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'names no file' : 'holds no private key in PEM';
    return { variable, problem: reason, fix };
  }
}
