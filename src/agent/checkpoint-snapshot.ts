import { copyFile, link, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** `identity` changes whenever the file is written to or replaced. */
export type SavedFile = { path: string; file: string; size: number; identity: string };

/** A path that the server takes, without what is hidden or not whole yet. */
const TAKEN = /^[\w][\w.+ -]*$/;
const UNFINISHED = /\.tmp$/;

/** What the training has saved so far. Links and odd names are left out. */
export async function listCheckpoint(folder: string): Promise<SavedFile[]> {
  const found: SavedFile[] = [];
  async function visit(below: string): Promise<void> {
    for (const entry of await readdir(path.join(folder, below), { withFileTypes: true }).catch(() => [])) {
      if (!TAKEN.test(entry.name) || UNFINISHED.test(entry.name)) continue;
      const name = path.join(below, entry.name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isFile()) found.push(...(await describe(folder, name)));
    }
  }
  await visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The files under names of our own in `target`: one that is replaced meanwhile stays as it was. Undefined when one is
 * gone already or was written to within `settleMs`.
 */
export async function takeSnapshot(
  files: SavedFile[],
  target: string,
  settleMs: number,
): Promise<SavedFile[] | undefined> {
  await rm(target, { recursive: true, force: true });
  const taken: SavedFile[] = [];
  for (const saved of files) {
    const file = path.join(target, saved.path);
    await mkdir(path.dirname(file), { recursive: true });
    const there = await link(saved.file, file).then(
      () => true,
      // not every file system has links
      () =>
        copyFile(saved.file, file).then(
          () => true,
          () => false,
        ),
    );
    const [described] = await describe(target, saved.path);
    if (!there || !described) return undefined;
    taken.push(described);
  }
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  for (const { path: name, identity } of taken) {
    if ((await describe(target, name))[0]?.identity !== identity) return undefined;
  }
  return taken;
}

async function describe(folder: string, name: string): Promise<SavedFile[]> {
  const file = path.join(folder, name);
  const found = await lstat(file, { bigint: true }).catch(() => undefined);
  if (!found?.isFile()) return [];
  const identity = `${found.ino} ${found.size} ${found.mtimeNs}`;
  return [{ path: name.split(path.sep).join('/'), file, size: Number(found.size), identity }];
}
