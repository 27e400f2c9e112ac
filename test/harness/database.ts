import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createPgliteStore } from '../../src/adapters/store/pglite.ts';
import type { Store } from '../../src/ports/store.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/**
 * A folder of a store in which PGlite has made its database. That takes seconds, and memory that every process started
 * afterwards is charged for; so it is made once, elsewhere, and copied.
 */
export async function databaseTemplate(): Promise<string> {
  const manifest = path.join(PROJECT, 'node_modules/@electric-sql/pglite/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const template = path.join(PROJECT, 'node_modules/.cache/sluice', `pglite-${version}`);
  if (existsSync(template)) return template;
  await mkdir(path.dirname(template), { recursive: true });
  const made = await mkdtemp(`${template}-`);
  const program = path.join(import.meta.dirname, 'make-database.ts');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', program, made], { cwd: PROJECT });
  // another process may have been faster
  await rename(made, template).catch(() => rm(made, { recursive: true }));
  return template;
}

/** Puts an empty database where a store in `folder` looks for its own. */
export async function copyDatabase(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(await databaseTemplate(), folder, { recursive: true });
}

/** An empty store in a folder of its own, which is removed when the store is closed. */
export async function openTestStore(options: { now?: () => number } = {}): Promise<Store> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-store-'));
  await copyDatabase(folder);
  const store = await createPgliteStore({ folder }, options);
  return {
    ...store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
