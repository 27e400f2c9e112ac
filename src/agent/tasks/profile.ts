import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { PARTITIONS_FILE } from '../../domain/jobs/job.ts';
import { downloadFiles } from '../download-files.ts';
import { type ResultFile, type TaskRun, unlessStopped } from '../task-run.ts';

/** Counts files of production on the grids of a reference, just as the server would. */
export async function profilePartitions(run: TaskRun<'profile'>): Promise<ResultFile[]> {
  const { monitor, model, allow, reference, partitions } = run.task;
  const [input, scratch] = [path.join(run.folder, 'input'), path.join(run.folder, 'scratch')];
  await downloadFiles([reference], input, run);
  await mkdir(scratch, { recursive: true });
  const grids = JSON.parse(await readFile(path.join(input, reference.path), 'utf8')) as ReferenceProfile;
  run.log('agent', `profiling ${partitions.length} files of ${monitor.name}`);
  const { dataRoot, stop } = run;
  const profiling = run.profilePartitions({
    monitor,
    allow,
    dataRoot,
    reference: grids,
    model,
    partitions,
    folder: scratch,
    stop,
  });
  const profiles = await unlessStopped(profiling, stop);
  const unread = profiles.filter(({ malformed }) => malformed !== undefined);
  for (const { uri, malformed } of unread) run.log('agent', `${uri} cannot be read: ${malformed}`);
  const rows = profiles.flatMap(({ windows }) => windows).reduce((sum, { profile }) => sum + profile.rows, 0);
  run.log('agent', `${rows} rows in ${profiles.length - unread.length} files`);
  const file = path.join(run.folder, PARTITIONS_FILE);
  await writeFile(file, JSON.stringify(profiles));
  return [{ file, path: PARTITIONS_FILE }];
}
