import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logDigest } from '../log-digest.ts';
import { type ResultFile, type TaskRun, unlessStopped } from '../task-run.ts';

/** Looks the dataset over, against the version before where there is one. Findings are the result, not a failure. */
export async function inspectData(run: TaskRun<'data'>): Promise<ResultFile[]> {
  run.log('agent', `looking dataset ${run.task.dataset.name} over`);
  const report = await unlessStopped(run.reader.inspect(run.task.dataset, run.task.previous), run.stop);
  logDigest(run.log, run.task.dataset);
  run.log('agent', `${report.rows} rows, ${report.violations.length} violations`);
  const file = path.join(run.folder, 'data.json');
  await writeFile(file, JSON.stringify(report));
  return [{ file, path: 'data.json' }];
}
