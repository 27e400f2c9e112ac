import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Tale } from './chapter.ts';
import { betterModel } from './chapters/better-model.ts';
import { drift } from './chapters/drift.ts';
import { firstVersion } from './chapters/first-version.ts';
import { rollback } from './chapters/rollback.ts';
import { worseSlice } from './chapters/worse-slice.ts';
import { createForgeView } from './forge-view.ts';
import { createNarrator, type StepResult } from './narrate.ts';
import { createWorld, NAME, OWNER, PROJECT } from './world.ts';

export type DemoOptions = {
  /** Stop at the end instead of serving on. */
  exit: boolean;
  /** File for the steps as JSON. */
  json?: string;
  forgePort: number;
  serverPort: number;
};

export type DemoReport = { steps: StepResult[]; ok: boolean };

/** Plays the whole story on real data; answers whether every step was as it should be. */
export async function runDemo(options: DemoOptions, out: NodeJS.WriteStream): Promise<DemoReport> {
  const startedAt = performance.now();
  const narrator = createNarrator(out, startedAt);
  out.write('Sluice demo: 3,000,000 real flights of 2001, a local GitHub, models trained here and now.\n');
  const folder = path.join(PROJECT, '.sluice', 'demo');
  const world = await createWorld(folder, { forge: options.forgePort, server: options.serverPort });
  out.write(`Forge   ${world.forge.url}/${OWNER}/${NAME}\nSluice  ${world.server.url}\n`);
  const tale: Tale = { world, view: createForgeView(world), narrator, versions: [], calendar: [] };
  let report: DemoReport = { steps: [], ok: false };
  try {
    for (const chapter of [firstVersion, betterModel, worseSlice, drift, rollback]) await chapter(tale);
    const steps = narrator.results();
    report = { steps, ok: steps.every((step) => step.ok) };
    if (options.json) {
      await mkdir(path.dirname(path.resolve(options.json)), { recursive: true });
      await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    const wrong = steps.filter((step) => !step.ok).length;
    const took = Math.round((performance.now() - startedAt) / 1000);
    out.write(
      `\n${report.ok ? `All ${steps.length} steps are as they should be` : `${wrong} of ${steps.length} steps went wrong`} (${took} s).\n`,
    );
    if (!options.exit) await serveOn(world, out);
  } finally {
    await world.close();
  }
  return report;
}

async function serveOn(world: Awaited<ReturnType<typeof createWorld>>, out: NodeJS.WriteStream): Promise<void> {
  const base = `${world.forge.url}/${OWNER}/${NAME}`;
  out.write(
    `\nLook around (Ctrl-C ends it):\n  ${base}\n  ${base}/pulls\n  ${base}/issues\n  ${base}/releases\n  ${base}/deployments\n  log in as somebody: ${world.forge.url}/login?as=owner\n`,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
