import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { Probot, ProbotOctokit, Server } from 'probot';
import createApp from './app.ts';
import type { Clock } from './ports/clock.ts';
import { type BackgroundWork, startBackgroundWork } from './server/background-work.ts';
import type { Composition, ServerContext } from './server/composition.ts';
import type { Config } from './server/config.ts';
import { createHealthHandler } from './server/health.ts';
import { guarded } from './server/http-handler.ts';
import { createLogger } from './server/logger.ts';
import { createMetrics, type Metrics } from './server/metrics.ts';
import { readWebhookBody } from './server/webhook-body.ts';
import { createPlotsHandler } from './web/plots.ts';

type Octokit = InstanceType<typeof ProbotOctokit>;

/** `octokitFor()` without an id: as the app itself. */
export type Compose = (
  context: ServerContext & { config: Config; appId: number; octokitFor(installationId?: number): Promise<Octokit> },
) => Promise<Composition>;

export type RunningServer = {
  /** Where it listens. */
  url: string;
  /** Stops taking work, waits for what is running, closes everything. Repeated calls are one. */
  stop(): Promise<void>;
};

const requestLimit = 30_000;
const drainLimit = 20_000;
const fiveMinutes = 300_000;

/** Octokit sets no time limit of its own: a connection that hangs would keep its reconciler for ever. */
const limitedFetch: typeof fetch = (input, init) => {
  const limit = AbortSignal.timeout(requestLimit);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
};

const unpaced = ProbotOctokit.defaults((options: object) => ({
  ...options,
  throttle: { enabled: false },
  retry: { enabled: false },
}));

/** Probot with our guard in front of its webhook route: the route itself reads bodies of any size. */
class GuardedProbot extends Probot {
  override async getNodeMiddleware(options: Parameters<Probot['getNodeMiddleware']>[0] = {}) {
    const middleware = await super.getNodeMiddleware(options);
    return async (request: IncomingMessage, response: ServerResponse) =>
      (await readWebhookBody(request, response, this.webhookPath)) || middleware(request, response);
  }
}

function createProbotServer(config: Config, log: ReturnType<typeof createLogger>): Server {
  const level = log.isLevelEnabled('debug') || config.logLevel === 'silent' ? config.logLevel : 'warn';
  return new Server({
    // every request at `info` would drown the rest
    log: log.child({}, { level }),
    // a number 0 would become 3000
    port: String(config.port) as unknown as number,
    host: config.host,
    enablePing: false,
    enableStaticFiles: false,
    request: { fetch: limitedFetch },
    Probot: GuardedProbot.defaults({
      appId: config.appId,
      privateKey: config.privateKey,
      secret: config.webhookSecret,
      baseUrl: config.apiUrl,
      ...(config.throttle ? {} : { Octokit: unpaced }),
    }),
  });
}

const addressOf = ({ host, port }: Server): string =>
  `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${port}`;

export async function startServer(given: {
  config: Config;
  compose: Compose;
  clock?: Clock;
  /** Milliseconds between two looks at everything, and between two looks at GitHub's delivery log. */
  resyncMs?: number;
  recoverMs?: number;
}): Promise<RunningServer> {
  const { config } = given;
  const clock = given.clock ?? { now: () => Date.now() };
  const log = createLogger(config.logLevel);
  const server = createProbotServer(config, log);
  let url = '';
  let work: BackgroundWork | undefined;
  let draining = false;
  let made: { composition: Composition; metrics: Metrics } | undefined;
  await server.load(async (probot) => {
    const octokitFor = async (installationId?: number): Promise<Octokit> => probot.auth(installationId);
    const publicUrl = (): string => config.publicUrl ?? url;
    const composition = await given.compose({ config, appId: config.appId, octokitFor, log, publicUrl });
    const metrics = createMetrics(composition.store, clock);
    made = { composition, metrics };
    const onReceived = (event: string, result: 'new' | 'known'): void => {
      metrics.deliveries.inc({ event, result: result === 'new' ? 'received' : 'known' });
      work?.onReceived();
    };
    createApp({ inbox: composition.store.inbox, clock, onReceived })(probot);
  });
  if (!made) throw new Error('Probot did not load the application');
  const { composition, metrics } = made;
  const { store, artifacts, httpHandlers } = composition;
  const handlers = [
    createHealthHandler({ store, metrics, isDraining: () => draining }),
    createPlotsHandler(artifacts),
    ...httpHandlers,
  ];
  for (const handler of handlers) server.addHandler(guarded(handler, log));
  const closeAll = async (): Promise<void> => {
    await composition.close?.();
    await store.close();
  };

  let http: HttpServer;
  try {
    http = await server.start();
    url = addressOf(server);
    await composition.started?.();
  } catch (error) {
    await server.stop();
    await closeAll();
    throw error;
  }
  const { resyncMs = fiveMinutes, recoverMs = 2 * fiveMinutes } = given;
  work = startBackgroundWork({ composition, clock, log, metrics, resyncMs, recoverMs });
  log.info({ url, publicUrl: config.publicUrl ?? url }, 'listening');

  const stop = async (): Promise<void> => {
    draining = true;
    log.info('draining');
    const closed = server.stop();
    if (!(await work?.stop(drainLimit)))
      log.warn('not everything ended in time; it is looked at again after a restart');
    http.closeAllConnections();
    await closed;
    await closeAll();
  };
  let stopping: Promise<void> | undefined;
  return {
    url,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
