import { AppError } from '../../domain/errors.ts';
import { allowingPrefix, isInRepository } from '../../domain/spec/location.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { FileMove } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

/**
 * What a dataset that is pinned to `sha256` is to be pinned to instead: the file beside it whose name has the greatest
 * digits, else what its own location holds by now. `stays`: why to neither.
 */
export async function newestFile(
  scene: MonitorScene,
  dataset: Dataset,
  sha256: string,
): Promise<{ file: FileMove } | { stays: string }> {
  const { uri } = dataset.source;
  if (isInRepository(uri)) return { stays: `${uri} is in the repository, where newer data are a commit of somebody` };
  try {
    return await lookAround(scene, dataset, sha256);
  } catch (error) {
    if (!(error instanceof AppError && error.family === 'config')) throw error;
    return { stays: error.message };
  }
}

async function lookAround(
  { deps: { sourceVersions }, watched: { allow } }: MonitorScene,
  dataset: Dataset,
  sha256: string,
): Promise<{ file: FileMove } | { stays: string }> {
  const { uri } = dataset.source;
  const found = await sourceVersions.newest(dataset, allow);
  const newest = found && (await sourceVersions.describe(at(dataset, found), allow));
  const isNewer = newest && newest.sha256 !== sha256;
  const present = await sourceVersions.describe(dataset, allow).catch((error) => {
    // What became of the file before must not keep anybody from the newer one.
    if (isNewer && error instanceof AppError && error.family === 'config') return undefined;
    throw error;
  });
  const isSame = present?.sha256 === sha256;
  const before = { uri, sha256, ...(isSame && { bytes: present.bytes }) };
  if (isNewer) return { file: { before, after: { uri: found!, ...newest } } };
  if (present && !isSame) return { file: { before, after: { uri, ...present } } };
  return {
    stays: `${besides(uri, allow, newest && found)}, and ${present ? 'it holds what is pinned' : NOTHING_THERE}`,
  };
}

const NOTHING_THERE = 'it is not in the data folder of the server itself';

function besides(uri: string, allow: string[], same: string | undefined): string {
  if (same !== undefined) return `${same}, the newest by its name, has the same content as ${uri}`;
  return `below ${allowingPrefix(uri, allow)} no file is called like ${uri} but for greater digits`;
}

function at(dataset: Dataset, uri: string): Dataset {
  return { ...dataset, source: { ...dataset.source, uri } };
}
