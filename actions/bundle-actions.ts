import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));

export const ACTIONS = ['setup', 'train', 'evaluate', 'drift'] as const;

/** @actions/core imports an HTTP client, a megabyte with it, for functions that nothing here calls. */
const dropUnused: Plugin = {
  name: 'drop-unused',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@actions\/|^\.\.?\// }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || !(name.startsWith('@actions/') || importer.includes('/node_modules/@actions/'))) {
        return undefined;
      }
      const found = await resolve(name, { importer, resolveDir, kind, pluginData: 'asked' });
      return { ...found, sideEffects: false };
    });
  },
};

/** One readable file an action. The same sources give the same bytes, wherever they lie. */
export async function bundleActions(outdir: string): Promise<void> {
  await build({
    absWorkingDir: path.dirname(path.resolve(HERE)),
    entryPoints: ACTIONS.map((name) => ({ in: path.join(HERE, name, 'main.ts'), out: name })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'inline',
    plugins: [dropUnused],
    logLevel: 'warning',
  });
}
