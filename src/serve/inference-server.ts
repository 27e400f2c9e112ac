import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../domain/errors.ts';
import type { InferenceLog, LabelLog, LoggedLabel } from '../ports/inference-log.ts';
import type { ModelRuntime } from '../ports/model-runtime.ts';
import { createFailureLog } from './failure-log.ts';
import { type Answer, answerError, readJson, send } from './http.ts';
import { type InferRequest, infer, parseTime } from './infer.ts';
import { createServeMetrics } from './metrics.ts';
import { checkState, loadState } from './state.ts';
import { describeModel } from './tensors.ts';
import { createVersions } from './versions.ts';

export type InferenceServerOptions = {
  /** 0: the system chooses. */
  port: number;
  host: string;
  /** Folder of the deployment; state.json in it is what the process serves from the start. */
  folder: string;
  runtime: ModelRuntime;
  log: InferenceLog;
  labels: LabelLog;
  controlToken: string;
  onError?(error: unknown): void;
};

export type InferenceServer = {
  url: string;
  port: number;
  /** Answers what has begun, then writes out the logs. */
  stop(): Promise<void>;
};

/** Open Inference Protocol v2 over HTTP and JSON, with a control API beside it. */
export async function startInferenceServer(options: InferenceServerOptions): Promise<InferenceServer> {
  const { folder, log, labels } = options;
  const versions = createVersions(folder, options.runtime);
  const metrics = createServeMetrics();
  const failures = createFailureLog(log, (error) => options.onError?.(error));
  const saved = await loadState(folder);
  if (saved) await versions.restore(saved);

  /** Everything of the state in force is loaded; a refused change of it takes nothing away. */
  const ready = () => versions.slots().length > 0 && versions.slots().length === versions.state()?.versions.length;

  async function handle(request: IncomingMessage): Promise<Answer> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const route = `${request.method} ${pathname}`;
    if (pathname.startsWith('/control/') || pathname === '/labels') authorise(request, options.controlToken);
    switch (route) {
      case 'GET /v2':
        return { status: 200, body: { name: 'sluice', version: '2', extensions: [] } };
      case 'GET /v2/health/live':
        return { status: 200, body: { live: true } };
      case 'GET /v2/health/ready':
        return { status: ready() ? 200 : 503, body: { ready: ready() } };
      case 'GET /metrics':
        return { status: 200, text: { type: metrics.contentType, content: await metrics.text(versions.slots()) } };
      case 'GET /control/state':
        return { status: 200, body: report() };
      case 'PUT /control/state':
        await versions.apply(checkState(await readJson(request), folder));
        return { status: 200, body: report() };
      case 'POST /control/flush':
        await Promise.all([log.flush(), labels.flush()]);
        return { status: 200, body: {} };
      case 'POST /labels': {
        const parsed = toLabels(await readJson(request));
        await labels.append(parsed);
        return { status: 200, body: { stored: parsed.length } };
      }
    }
    return handleModel(request, pathname);
  }

  async function handleModel(request: IncomingMessage, pathname: string): Promise<Answer> {
    const match = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/ready|\/infer)?$/.exec(pathname);
    if (!match) throw new AppError('conflict/not-found', 'No such path');
    const model = decode(match[1]!);
    const version = match[2] === undefined ? undefined : decode(match[2]);
    if (request.method === 'POST' && match[3] === '/infer') {
      const body = (await readJson(request)) as InferRequest;
      const target = { model, ...(version === undefined ? {} : { version }) };
      return { status: 200, body: await infer({ versions, log, failures, metrics }, target, body) };
    }
    if (request.method !== 'GET' || match[3] === '/infer') {
      return { status: 405, body: { error: `${request.method} is not for this path` } };
    }
    const slot = versions.pick(model, '', version);
    if (match[3] === '/ready') return { status: 200, body: { name: model, ready: true } };
    const served = versions.slots().filter((each) => each.model.name === model);
    return {
      status: 200,
      body: describeModel(
        slot.model,
        served.map((each) => each.version),
      ),
    };
  }

  function report() {
    const state = versions.state();
    const failures = versions.failures();
    const served = versions.slots().map(({ version, percent, requests, errors }) => ({
      version,
      percent,
      ready: true,
      requests,
      errors,
    }));
    const failed = Object.entries(failures)
      .filter(([version]) => !served.some((slot) => slot.version === version))
      .map(([version, message]) => ({
        version,
        percent: 0,
        ready: false,
        requests: 0,
        errors: 0,
        failed: true,
        message,
      }));
    return { state: state ?? null, ready: ready(), versions: [...served, ...failed] };
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    handle(request).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        const answer = answerError(error);
        if (answer.status >= 500) options.onError?.(error);
        // What is left of the body is not read any more.
        if (!request.complete) response.setHeader('connection', 'close');
        send(response, answer);
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    port,
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await versions.close();
      await Promise.all([log.close(), labels.close()]);
    },
  };
}

function authorise(request: IncomingMessage, token: string): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new AppError('permission/unauthenticated', 'The control token is missing or wrong');
  }
}

function toLabels(body: unknown): LoggedLabel[] {
  const list = (body as { labels?: unknown } | null)?.labels;
  if (!Array.isArray(list)) throw new AppError('config/invalid-input', 'labels must be a list');
  const receivedAt = Date.now();
  return list.map((entry: Partial<LoggedLabel> | null, i) => {
    const { id, label, at } = entry ?? {};
    const known = typeof label === 'boolean' || typeof label === 'string' || Number.isFinite(label);
    if ((typeof id !== 'string' && typeof id !== 'number') || !known) {
      throw new AppError('config/invalid-input', `labels[${i}] needs an id and a label (number, text or boolean)`);
    }
    return { id: String(id), label: label!, at: at === undefined ? receivedAt : parseTime(at), receivedAt };
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AppError('config/invalid-input', 'The path is not valid');
  }
}
