import { AppError } from '../../domain/errors.ts';
import { type ServeDeps, type ServeOptions, serveMain } from '../../serve/serve-main.ts';
import { placeModel } from '../place-model.ts';

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

/** Answers the exit code once it has stopped. */
export async function serveCommand(
  deps: ServeDeps,
  options: { json?: boolean; folder: string; host: string; port: number; model?: string; spec?: string },
): Promise<0> {
  const { json, folder, host, port, model, spec } = options;
  if ((model === undefined) !== (spec === undefined)) {
    throw new AppError('config/invalid-input', '--model and --spec go together');
  }
  if (model !== undefined && spec !== undefined) await placeModel(folder, spec, model);
  const running = await serve(deps, { folder, host, port, onError: (error) => console.error(error) });
  process.stdout.write(json ? `${JSON.stringify({ url: running.url })}\n` : `Serving ${folder} at ${running.url}\n`);
  await running.ended;
  return 0;
}
