import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

/** The first file of that name on the PATH that may be run. */
export async function findProgram(name: string, searched: string | undefined): Promise<string | undefined> {
  for (const folder of (searched ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (folder !== '' && (await isProgram(file))) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
