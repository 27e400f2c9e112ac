import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Asks the inference process of a folder to write out what it has logged. Without a process there is nothing to ask:
 * its successor recovers what was left, and a window that lacks rows until then is read again.
 */
export async function flushServing(folder: string): Promise<void> {
  try {
    const { url, token } = JSON.parse(await readFile(path.join(folder, 'process.json'), 'utf8')) as Record<
      string,
      string
    >;
    await fetch(`${url}/control/flush`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return;
  }
}
