/** Stands for an agent: with a command in a group of its own, which does not end when asked, and a work folder. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const work = process.argv[process.argv.indexOf('--work') + 1];
mkdirSync(path.join(work, process.env.SLUICE_JOB), { recursive: true });
const stubborn = 'process.on("SIGTERM", () => {}); process.stdout.write("up"); setInterval(() => {}, 1000)';
const child = spawn(process.execPath, ['-e', stubborn], {
  detached: true,
  env: { SLUICE_JOB: process.env.SLUICE_JOB, PATH: process.env.PATH },
});
child.stdout.once('data', () => {
  // Who finds its processes finds what it said, too.
  console.error('started; about to wait');
  appendFileSync(path.join(work, 'pids'), `${process.env.SLUICE_JOB} ${process.pid} ${child.pid}\n`);
});
setInterval(() => {}, 1000);
