import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until there is an answer; after `seconds` fails with what was last seen. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => T | undefined | Promise<T | undefined>,
  seen: () => string = () => '',
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${seen() ? `; last seen: ${seen()}` : ''}`);
    await sleep(150);
  }
}
