import { defineConfig } from 'vitest/config';

/** These start no processes and leave nothing behind: their files share a worker and what it has loaded. */
const ALONE = ['test/domain/**/*.test.ts', 'test/flows/**/*.test.ts', 'test/render/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/harness/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of the time goes into waiting for processes: one worker a core, not one less.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'logic', include: ALONE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, 'test/integration/**', 'node_modules/**'],
        },
      },
    ],
  },
});
