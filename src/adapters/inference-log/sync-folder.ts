import { open } from 'node:fs/promises';

/** Makes a new or renamed entry of the folder survive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
