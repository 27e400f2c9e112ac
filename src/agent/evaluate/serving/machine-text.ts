import os from 'node:os';

/** What absolute figures hold for: `Xeon 8488C, 8 cores, linux/x64, onnxruntime 1.23.2 with 4 threads`. */
export function machineText(engine: string | undefined): string {
  const processors = os.cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() || 'unknown processor';
  const cores = `${processors.length} ${processors.length === 1 ? 'core' : 'cores'}`;
  return [model, cores, `${os.platform()}/${os.arch()}`, engine ?? `Node.js ${process.version}`].join(', ');
}
