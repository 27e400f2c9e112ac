/** What a program may know of this machine. Everything else, tokens and cloud credentials above all, stays out. */
const PASSED_ON = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
];

export function allowedEnvironment(own: Record<string, string>): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(passed), ...own };
}
