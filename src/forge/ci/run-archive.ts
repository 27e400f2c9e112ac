import type { World } from '../world.ts';
import { readStepLogs } from './job-log.ts';
import type { WorkflowJob } from './records.ts';
import { writeZip, type ZipEntry } from './zip.ts';

/** As GitHub names them in the archive: nothing that a file system does not take. */
const safeName = (name: string): string => name.replace(/[^\w .()=-]/g, '_');

/** The logs of a run's jobs as a zip file: each job whole, and by step in a folder of its name. */
export const runArchive = async (world: World, jobs: WorkflowJob[]): Promise<Buffer> => {
  const entries = await Promise.all(
    jobs.map(async (job, at): Promise<ZipEntry[]> => {
      const steps = await readStepLogs(world, job.id);
      const name = safeName(job.name);
      const whole = { name: `${at}_${name}.txt`, content: Buffer.from(steps.map((step) => step.text).join('')) };
      const single = steps.map(({ number, text }) => ({
        name: `${name}/${number}_${safeName(job.steps.find((step) => step.number === number)?.name ?? 'step')}.txt`,
        content: Buffer.from(text),
      }));
      return [whole, ...single];
    }),
  );
  return writeZip(entries.flat());
};
