import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import type { AgentApiOptions } from './context.ts';

export type BlobKind = 'blobs' | 'checkpoints';
type Upload = { length: number; done: boolean };
/** By `<kind>/<digest>`. */
type Ledger = { uploads: Record<string, Upload> };

const COLLECTION = 'uploads';
const TRIES = 20;
/** Of a job, in files that are as large as one may be: a checkpoint, the one before, and parts that lost attempts left. */
const MOST_FILES_WORTH = 4;
const MOST_UPLOADS = 5_000;
const FORGET_EVERY_MS = 600_000;

type Parts = Pick<AgentApiOptions, 'store' | 'artifacts' | 'checkpoints' | 'maxBlobBytes' | 'clock'>;

/**
 * What each job has sent. Content that somebody else sent is none of its own, though the store has it: naming a digest
 * proves nothing, and would open it.
 */
export function createUploads({ store, artifacts, checkpoints, maxBlobBytes, clock }: Parts) {
  const { documents } = store;
  let forgetAt = 0;

  async function change(job: Pick<Job, 'id'>, alter: (ledger: Ledger) => Promise<Ledger> | Ledger): Promise<Ledger> {
    for (let tries = 0; ; tries += 1) {
      const stored = await documents.get<Ledger>(COLLECTION, job.id);
      const ledger = await alter(stored?.value ?? { uploads: {} });
      if (ledger === stored?.value) return ledger;
      try {
        await documents.put(COLLECTION, job.id, ledger, stored?.revision ?? 0);
        return ledger;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'conflict/stale' || tries >= TRIES) throw error;
      }
    }
  }

  const storeOf = (kind: BlobKind) => (kind === 'blobs' ? artifacts : checkpoints);

  /** Without what came to nothing: unfinished, and nothing of it is kept (any more). */
  async function present(job: Pick<Job, 'id'>, uploads: Ledger['uploads']): Promise<Ledger['uploads']> {
    const kept: Ledger['uploads'] = {};
    for (const [key, upload] of Object.entries(uploads)) {
      const [kind, digest] = key.split('/') as [BlobKind, string];
      if (upload.done || (await storeOf(kind).received(digest, job.id)) > 0) kept[key] = upload;
    }
    return kept;
  }

  const isTooMuch = (uploads: Ledger['uploads'], length: number): boolean => {
    const all = Object.values(uploads);
    const bytes = all.reduce((sum, each) => sum + each.length, length);
    return bytes > MOST_FILES_WORTH * maxBlobBytes || all.length >= MOST_UPLOADS;
  };

  /** Jobs that ended without their agent's word leave theirs behind. */
  async function forgetOld(): Promise<void> {
    if (clock.now() < forgetAt) return;
    forgetAt = clock.now() + FORGET_EVERY_MS;
    const live = new Set((await store.jobs.list({ unfinished: true })).map(({ id }) => id));
    for (const { id } of await documents.list(COLLECTION, ''))
      if (!live.has(id)) await documents.remove(COLLECTION, id);
  }

  return {
    /** Before a piece is taken. AppError config/invalid-input when the job would have sent too much. */
    async begin(job: Job, kind: BlobKind, digest: string, length: number): Promise<void> {
      await forgetOld();
      const key = `${kind}/${digest}`;
      await change(job, async (ledger) => {
        if (ledger.uploads[key]?.length === length) return ledger;
        const { [key]: _, ...others } = ledger.uploads;
        const kept = isTooMuch(others, length) ? await present(job, others) : others;
        if (isTooMuch(kept, length)) {
          const most = MOST_FILES_WORTH * maxBlobBytes;
          throw new AppError('config/invalid-input', `one job may upload ${most} bytes and ${MOST_UPLOADS} files`);
        }
        return { uploads: { ...kept, [key]: { length, done: false } } };
      });
    },
    async complete(job: Job, kind: BlobKind, digest: string, length: number): Promise<void> {
      const key = `${kind}/${digest}`;
      await change(job, (ledger) =>
        ledger.uploads[key]?.done ? ledger : { uploads: { ...ledger.uploads, [key]: { length, done: true } } },
      );
    },
    /** Which contents are the job's own: those that it has sent, and those of its checkpoint. */
    async own(job: Job, kind: BlobKind): Promise<(digest: string) => boolean> {
      const ledger = await documents.get<Ledger>(COLLECTION, job.id);
      const saved = new Set(kind === 'checkpoints' ? job.checkpoint?.files.map((file) => file.digest) : []);
      return (digest) => saved.has(digest) || ledger?.value.uploads[`${kind}/${digest}`]?.done === true;
    },
    /** Forgets the checkpoints that were sent, but for those; answers which. */
    async dropCheckpoints(job: Pick<Job, 'id'>, but: string[]): Promise<string[]> {
      const keys = new Set(but.map((digest) => `checkpoints/${digest}`));
      let dropped: string[] = [];
      await change(job, (ledger) => {
        const entries = Object.entries(ledger.uploads);
        const isOld = ([key, { done }]: (typeof entries)[number]) =>
          done && key.startsWith('checkpoints/') && !keys.has(key);
        dropped = entries.filter(isOld).map(([key]) => key.slice('checkpoints/'.length));
        return dropped.length === 0 ? ledger : { uploads: Object.fromEntries(entries.filter((each) => !isOld(each))) };
      });
      return dropped;
    },
    forget: (job: Pick<Job, 'id'>): Promise<void> => documents.remove(COLLECTION, job.id),
  };
}

export type Uploads = ReturnType<typeof createUploads>;
