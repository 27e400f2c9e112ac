import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PartitionProfile } from '../../../domain/drift/profile.ts';

/** What one profile is of: files that were read together, all of one `shelf`. */
export type Entry = {
  members: { uri: string; stamp: string }[];
  /** Starts of its windows, epoch ms. */
  windows: number[];
  timeless: number;
  malformed?: string;
  /** Of the profile itself, in its shelf. */
  name: string;
};

/** Profiles on one reference of one source, by shelf: a day of the source, or all that says nothing of its time. */
export type PartitionCache = {
  entries(scope: string, shelf: string): Promise<Entry[]>;
  read(scope: string, shelf: string, entry: Entry): Promise<PartitionProfile | undefined>;
  write(scope: string, shelf: string, members: Entry['members'], profile: PartitionProfile): Promise<void>;
  drop(scope: string, shelf: string, entry: Entry): Promise<void>;
};

const USED_MS = 3_600_000;

/** Written under its final name in one step, so that several processes may share the folder and any may be killed. */
export function createPartitionCache(folder: string): PartitionCache {
  /** Heads never change under their name. */
  const heads = new Map<string, Entry>();
  const shelfFolder = (scope: string, shelf: string) => path.join(folder, scope, shelf);

  async function headOf(file: string, name: string): Promise<Entry | undefined> {
    const known = heads.get(file);
    if (known) return known;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const head = text === undefined ? undefined : parse<Omit<Entry, 'name'>>(text);
    if (!Array.isArray(head?.members) || !Array.isArray(head.windows)) return undefined;
    const entry = { ...head, name };
    if (heads.size > 20_000) heads.clear();
    heads.set(file, entry);
    return entry;
  }

  return {
    async entries(scope, shelf) {
      const place = shelfFolder(scope, shelf);
      const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith('.head.json')).sort();
      const found = await Promise.all(
        names.map((name) => headOf(path.join(place, name), name.slice(0, -'.head.json'.length))),
      );
      return found.filter((entry) => entry !== undefined);
    },
    async read(scope, shelf, { name }) {
      const file = path.join(shelfFolder(scope, shelf), `${name}.json.gz`);
      try {
        const profile = parse<PartitionProfile>(String(await promisify(gunzip)(await readFile(file))));
        await touch(file);
        return profile;
      } catch {
        return undefined;
      }
    },
    async write(scope, shelf, members, profile) {
      const place = shelfFolder(scope, shelf);
      await mkdir(place, { recursive: true, mode: 0o700 });
      const name = createHash('sha256').update(JSON.stringify(members)).digest('hex').slice(0, 32);
      const head: Omit<Entry, 'name'> = {
        members,
        windows: profile.windows.map(({ from }) => from),
        timeless: profile.timeless,
        ...(profile.malformed !== undefined && { malformed: profile.malformed }),
      };
      // The head last: who finds one finds the profile too.
      heads.delete(path.join(place, `${name}.head.json`));
      await replace(path.join(place, `${name}.json.gz`), await promisify(gzip)(JSON.stringify(profile), { level: 3 }));
      await replace(path.join(place, `${name}.head.json`), JSON.stringify(head));
    },
    async drop(scope, shelf, { name }) {
      const place = shelfFolder(scope, shelf);
      heads.delete(path.join(place, `${name}.head.json`));
      await rm(path.join(place, `${name}.head.json`), { force: true });
      await rm(path.join(place, `${name}.json.gz`), { force: true });
    },
  };
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, file);
}

async function touch(file: string): Promise<void> {
  const { mtimeMs } = await stat(file);
  const now = new Date();
  if (now.getTime() - mtimeMs > USED_MS) await utimes(file, now, now);
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
