import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { MAX_CHECKPOINT_FILES } from '../agent-api/protocol.ts';
import { AppError } from '../domain/errors.ts';
import type { ArtifactFile } from '../domain/jobs/job.ts';
import { listCheckpoint, type SavedFile, takeSnapshot } from './checkpoint-snapshot.ts';
import { downloadFiles } from './download-files.ts';
import { measureFile } from './measure-file.ts';
import type { ServerClient } from './server-client.ts';

export type Checkpoints = {
  /** What the command finds as SLUICE_CHECKPOINT. */
  folder: string;
  /** Makes the folder, with what an earlier attempt saved; where that is gone, it is empty and the log says so. */
  open(files: ArtifactFile[], stop: AbortSignal): Promise<void>;
  /** Uploads in the background whatever the command saves there. */
  start(): void;
  /** Ends that; where a last one is wanted, what was saved since is uploaded. */
  stop(): Promise<void>;
};

type CheckpointOptions = {
  client: ServerClient;
  /** Of the attempt; what is made in it is removed with it. */
  folder: string;
  maxBytes: number;
  /** Between two looks, and how long a file must have stayed as it is. */
  intervalMs: number;
  settleMs: number;
  /** Is somebody going to go on from here? */
  lastWanted(): boolean;
  log(line: string): void;
};

export function createCheckpoints(options: CheckpointOptions): Checkpoints {
  const { client, maxBytes, settleMs, log } = options;
  const folder = path.join(options.folder, 'checkpoint');
  const snapshot = path.join(options.folder, 'checkpoint-snapshot');
  let uploaded = '';
  const digests = new Map<string, { digest: string; size: number }>();
  let complained = '';
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  function complain(why: string): void {
    if (why !== complained) log(`the checkpoint is not saved: ${why}`);
    complained = why;
  }

  /** Uploads what has changed, unless it is being written to just now. */
  async function look(): Promise<void> {
    const saved = await listCheckpoint(folder);
    if (saved.length === 0 || stateOf(saved) === uploaded) return;
    const size = saved.reduce((sum, file) => sum + file.size, 0);
    if (saved.length > MAX_CHECKPOINT_FILES) return complain(`more than ${MAX_CHECKPOINT_FILES} files`);
    if (size > maxBytes) return complain(`it has ${size} bytes; ${maxBytes} are allowed`);
    const taken = await takeSnapshot(saved, snapshot, settleMs);
    if (!taken) return;
    try {
      await client.saveCheckpoint(await upload(taken));
      uploaded = stateOf(taken);
      complained = '';
    } catch (error) {
      // an attempt that has ended is noticed elsewhere; a file that was written to meanwhile is taken next time
      if (error instanceof AppError && error.family === 'config') complain(error.message);
      else if (!(error instanceof AppError)) throw error;
    }
  }

  async function upload(files: SavedFile[]): Promise<ArtifactFile[]> {
    const named: ArtifactFile[] = [];
    for (const { path: name, file, identity } of files) {
      const measured = digests.get(identity) ?? (await measureFile(file));
      await client.upload('checkpoints', file, measured);
      digests.set(identity, measured);
      named.push({ path: name, ...measured });
    }
    const present = new Set(files.map(({ identity }) => identity));
    for (const identity of digests.keys()) if (!present.has(identity)) digests.delete(identity);
    return named;
  }

  const lookSafely = () => look().catch((error: unknown) => complain((error as Error).message));

  /** `tookMs`: the last look, so that a large checkpoint takes the line for half of the time at most. */
  function lookLater(tookMs: number): void {
    timer = setTimeout(
      () => {
        const since = Date.now();
        looking = lookSafely().then(() => (stopped ? undefined : lookLater(Date.now() - since)));
      },
      Math.max(options.intervalMs, tookMs),
    );
  }

  return {
    folder,
    async open(files, stop) {
      await mkdir(folder);
      if (files.length === 0) return;
      try {
        const download = (digest: string) => client.download('checkpoints', digest);
        await downloadFiles(files, folder, { download, stop });
        uploaded = stateOf(await listCheckpoint(folder));
        log(`restored the checkpoint of an earlier attempt: ${files.map((file) => file.path).join(', ')}`);
      } catch (error) {
        stop.throwIfAborted();
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder);
        log(`starting from the beginning: the checkpoint cannot be restored (${(error as Error).message})`);
      }
    },
    start() {
      stopped = false;
      lookLater(0);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      if (!options.lastWanted()) return;
      await looking;
      await lookSafely();
    },
  };
}

const stateOf = (files: SavedFile[]): string =>
  files.map(({ path: name, identity }) => `${name}\0${identity}`).join('\n');
