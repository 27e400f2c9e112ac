import path from 'node:path';
import type { PartitionProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { isAllowedLocation } from '../../domain/spec/location.ts';
import type { PartitionProfiler } from '../../ports/drift-source.ts';
import { countedReference } from './counted-reference.ts';
import type { S3Options } from './files/bucket.ts';
import { createBucketStores } from './files/create-bucket-stores.ts';
import { openPlace } from './files/open-place.ts';
import { spanOfPath } from './files/path-span.ts';
import type { SourceFile } from './files/walk.ts';
import { profileFiles } from './profile-files.ts';

/** AppError config/data-not-allowed for a file that is none of the source's, conflict/cancelled when it is stopped. */
export async function profilePartitions(
  input: Parameters<PartitionProfiler>[0] & { s3?: S3Options },
): Promise<PartitionProfile[]> {
  const { monitor, allow, dataRoot, folder, model } = input;
  const reference = countedReference(input.reference, monitor);
  if (monitor.source.kind !== 'files') {
    throw new AppError(
      'config/environment',
      `What ${monitor.name} reads lies on the server: it has to be profiled there`,
    );
  }
  const place = await openPlace(
    { repository: '', monitor, allow },
    {
      servingRoot: '',
      observationsRoot: '',
      dataRoot,
      bucketStore: createBucketStores(path.join(folder, 'spool'), input.s3),
      scratch: folder,
    },
  );
  const { store, glob } = place.files;
  const profiles: PartitionProfile[] = [];
  const listings = new Map<string, Map<string, SourceFile>>();
  for (const { uri, stamp } of input.partitions) {
    if (input.stop.aborted) throw new AppError('conflict/cancelled', 'Profiling was stopped');
    const relative = uri.startsWith(store.prefix) ? uri.slice(store.prefix.length) : '';
    if (!glob.matches(relative) || !isAllowedLocation(uri, allow)) {
      throw new AppError('config/data-not-allowed', `${uri} is no file of ${monitor.name}`);
    }
    const parent = relative.slice(0, relative.lastIndexOf('/') + 1);
    let there = listings.get(parent);
    if (!there) {
      const span = spanOfPath(relative);
      const { files } = await store.list(parent);
      there = new Map(
        files.map((file) => [file.path, { ...file, uri: `${store.prefix}${file.path}`, ...(span && { span }) }]),
      );
      listings.set(parent, there);
    }
    const file = there.get(relative);
    if (file?.stamp !== stamp) continue;
    const windowMs = monitor.windowSeconds * 1000;
    const found = await profileFiles([file], { place, reference, model, windowMs });
    profiles.push(...found.filter(({ isPassing }) => !isPassing).map(({ profile }) => profile));
    await store.release(file);
  }
  return profiles;
}
