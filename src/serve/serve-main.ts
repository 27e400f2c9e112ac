import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceLog, LabelLog } from '../ports/inference-log.ts';
import type { ModelRuntime } from '../ports/model-runtime.ts';
import { claimFolder } from './claim-folder.ts';
import { type InferenceServer, startInferenceServer } from './inference-server.ts';
import { writeDurably } from './state.ts';

export type ServeDeps = {
  runtime: ModelRuntime;
  openLog(folder: string): Promise<InferenceLog>;
  openLabels(folder: string): Promise<LabelLog>;
};

export type ServeOptions = {
  folder: string;
  host: string;
  port: number;
  /** Absent: one is made up; either way it stands in process.json, readable by the owner only. */
  controlToken?: string;
  onError?(error: unknown): void;
};

/** Content of `process.json`: how others on this machine find the process that serves the folder. */
export type ServeProcess = { pid: number; url: string; token: string; startedAt: number };

/**
 * Serves a deployment's folder until `stop`. One process a folder: AppError conflict/stale when another one has it.
 */
export async function serveMain(deps: ServeDeps, options: ServeOptions): Promise<InferenceServer & { token: string }> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const release = await claimFolder(folder);
  try {
    const token = options.controlToken ?? randomBytes(24).toString('base64url');
    const [log, labels] = await Promise.all([deps.openLog(folder), deps.openLabels(folder)]);
    const server = await startInferenceServer({ ...options, runtime: deps.runtime, log, labels, controlToken: token });
    const about: ServeProcess = { pid: process.pid, url: server.url, token, startedAt: Date.now() };
    await writeDurably(path.join(folder, 'process.json'), JSON.stringify(about, null, 2));
    return {
      ...server,
      token,
      async stop() {
        await server.stop();
        await rm(path.join(folder, 'process.json'), { force: true });
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
