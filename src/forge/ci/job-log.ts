import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { World } from '../world.ts';

export type StepLog = { write: (line: string) => void; end: () => Promise<void> };

const folderOf = (world: World, jobId: number): string => path.join(world.dataDir, 'logs', String(jobId));

/** Longest first, so that a secret inside another one does not leave the rest of it standing. */
export const hideSecrets = (line: string, masks: Set<string>): string =>
  [...masks]
    .sort((left, right) => right.length - left.length)
    .reduce((text, mask) => text.replaceAll(mask, '***'), line);

/** Each line with its time, as GitHub's logs have it; what is in `masks` when a line is written stays out. */
export const openStepLog = async (
  world: World,
  jobId: number,
  stepNumber: number,
  masks: Set<string>,
): Promise<StepLog> => {
  await mkdir(folderOf(world, jobId), { recursive: true });
  const stream: WriteStream = createWriteStream(path.join(folderOf(world, jobId), `${stepNumber}.txt`), { flags: 'a' });
  stream.on('error', () => undefined);
  return {
    write: (line) => {
      const time = new Date().toISOString().replace('Z', '0000Z');
      for (const part of hideSecrets(line, masks).split(/\r?\n/)) stream.write(`${time} ${part}\n`);
    },
    end: () => new Promise((resolve) => stream.end(() => resolve())),
  };
};

/** Text by step number, in order; nothing for a job that never began. */
export const readStepLogs = async (world: World, jobId: number): Promise<{ number: number; text: string }[]> => {
  const names = await readdir(folderOf(world, jobId)).catch(() => [] as string[]);
  const numbers = names.map((name) => Number.parseInt(name, 10)).sort((left, right) => left - right);
  return Promise.all(
    numbers.map(async (number) => ({
      number,
      text: await readFile(path.join(folderOf(world, jobId), `${number}.txt`), 'utf8'),
    })),
  );
};

export const readJobLog = async (world: World, jobId: number): Promise<string> =>
  (await readStepLogs(world, jobId)).map((step) => step.text).join('');
