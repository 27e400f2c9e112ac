import { defineConfig } from 'vitest/config';

/** Their files leave nothing behind in their process and load little, so they share one. */
const LOGIC = ['test/{domain,fakes,flows,render}/**/*.test.ts'];
/** So do these, apart from the others: a process that has loaded less starts git sooner. */
const FORGE = ['test/forge/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/harness/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of the time goes into waiting for processes: one worker a core, not one less.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'logic', include: LOGIC, isolate: false } },
      { extends: true, test: { name: 'forge', include: FORGE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...LOGIC, ...FORGE, 'test/integration/**', 'node_modules/**'],
        },
      },
    ],
  },
});
