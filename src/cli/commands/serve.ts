import type { Command } from 'commander';
import { AppError } from '../../domain/errors.ts';
import { type ServeDeps, type ServeOptions, serveMain } from '../../serve/serve-main.ts';

export type RunningServe = {
  url: string;
  /** Resolves when the server has stopped: after SIGTERM, SIGINT or `stop`. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

/** `sluice serve`: answers until it is told to stop, then finishes what it has begun and writes out the logs. */
export async function serve(deps: ServeDeps, options: ServeOptions): Promise<RunningServe> {
  const controlToken = options.controlToken ?? process.env.SLUICE_CONTROL_TOKEN;
  const server = await serveMain(deps, { ...options, ...(controlToken ? { controlToken } : {}) });
  let stopping: Promise<void> | undefined;
  let ended!: () => void;
  const whenEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const stop = () => {
    stopping ??= server.stop().finally(() => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      ended();
    });
    return stopping;
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return { url: server.url, ended: whenEnded, stop };
}

export function registerServe(program: Command, openDeps: () => Promise<ServeDeps>): void {
  program
    .command('serve')
    .description('Answer predictions for one deployment (Open Inference Protocol v2)')
    .requiredOption('--folder <folder>', 'folder of the deployment: its state, artifacts and logs')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 lets the system choose', '8080')
    .option('--json', 'say where it listens as JSON')
    .action(async (given: { folder: string; host: string; port: string; json?: boolean }) => {
      const port = Number(given.port);
      if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new AppError('config/invalid-input', `--port must be 0…65535, not ${given.port}`);
      }
      const running = await serve(await openDeps(), {
        folder: given.folder,
        host: given.host,
        port,
        onError: (error) => console.error(error),
      });
      console.log(given.json ? JSON.stringify({ url: running.url }) : `Serving ${given.folder} at ${running.url}`);
      await running.ended;
    });
}
