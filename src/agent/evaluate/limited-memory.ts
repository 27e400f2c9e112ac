/**
 * The command with a hard limit on the memory that its process may ask for (RLIMIT_DATA, where the system has it): an
 * allocation beyond it fails, and the library that asked says for which part of the model, instead of the whole process
 * being ended once the memory is in use.
 */
export function limitedMemory(command: readonly string[], bytes: number): string[] {
  if (process.platform !== 'linux') return [...command];
  return ['/bin/sh', '-c', 'ulimit -d "$0" 2>/dev/null; exec "$@"', String(Math.floor(bytes / 1024)), ...command];
}
