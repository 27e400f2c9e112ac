/** A server in this process with the handlers of what is posted about production, over stores in memory and a folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createLogParts } from '../../src/adapters/inference-log/create-log-parts.ts';
import { createObservations } from '../../src/adapters/observations/create-observations.ts';
import { createMonitorTokens } from '../../src/domain/monitor/monitor-token.ts';
import { parseTokenEpochs, type TokenEpochs } from '../../src/domain/monitor/token-epochs.ts';
import type { Model, Repository } from '../../src/domain/spec/valid.ts';
import type { Monitor, MonitorSource } from '../../src/domain/spec/valid-monitor.ts';
import { receiveAlerts } from '../../src/flows/monitor/receive-alerts.ts';
import { openRecords, type Records } from '../../src/flows/records.ts';
import type { LogParts, Observations } from '../../src/ports/observations.ts';
import { claimFolder } from '../../src/serve/claim-folder.ts';
import { createAlertsHandler } from '../../src/web/alertmanager.ts';
import { createMonitorAccess } from '../../src/web/monitor-access.ts';
import { createObservationsHandler, type ObservationsHandlerOptions } from '../../src/web/observations.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { sampleMonitor } from '../fakes/sample-monitor.ts';

export const SECRET = 'another secret of many letters..';
export const REPOSITORY = 'acme/flights';
export const NOW = Date.UTC(2026, 4, 10, 12);

export function madeMonitor(name: string, source: MonitorSource = { kind: 'observations' }): Monitor {
  return sampleMonitor({ name, source });
}

/** The default branch of the repository declares these monitors, all of one deployment of a model of three classes. */
export async function declare(records: Records, monitors: Monitor[]): Promise<void> {
  const classes = ['early', 'on-time', 'late'];
  const model = {
    name: 'delay',
    task: 'multiclass-classification',
    signature: { inputs: [], output: { name: 'class', classes } },
  };
  const repository = {
    monitors,
    deployments: [{ name: 'production', model: 'delay' }],
    models: [model as unknown as Model],
    datasets: [],
  };
  await records.repositories.update(REPOSITORY, () => ({ installationId: 5, defaultBranch: 'main' }));
  await records.bases.update(REPOSITORY, () => ({
    sha: '1',
    problems: 0,
    repository: repository as unknown as Repository,
  }));
}

type Given = {
  epochs?: string;
  limits?: ObservationsHandlerOptions['limits'];
  settings?: Parameters<typeof createObservations>[0]['settings'];
  observations?: Pick<Observations, 'accept'>;
  parts?: LogParts;
  monitors?: Monitor[];
};

export async function startMonitorWorld(given: Given = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-observations-'));
  const store = createMemoryStore(() => NOW);
  const records = openRecords(store.documents);
  await declare(
    records,
    given.monitors ?? [madeMonitor('live'), madeMonitor('other'), madeMonitor('served', { kind: 'serving' })],
  );
  const tokens = createMonitorTokens(SECRET);
  const errors: unknown[] = [];
  const open = () =>
    createObservations({
      folder,
      parts: given.parts ?? createLogParts(),
      claim: claimFolder,
      onError: (error) => errors.push(error),
      ...(given.settings && { settings: given.settings }),
    });
  let observations = open();
  const access = createMonitorAccess({ records, tokens, epochs: parseTokenEpochs(given.epochs ?? '') as TokenEpochs });
  const requested: string[] = [];
  const queue = { request: async (key: string) => void requested.push(key) };
  let now = NOW;
  const clock = { now: () => now };
  const log = { warn: () => undefined };
  const handlers = [
    createObservationsHandler({
      observations: given.observations ?? { accept: (...all) => observations.accept(...all) },
      access,
      queue,
      clock,
      log,
      ...(given.limits && { limits: given.limits }),
    }),
    createAlertsHandler({
      access,
      receive: (heard) => receiveAlerts({ store: { queue: { ...store.queue, ...queue } }, records }, heard),
      log,
    }),
  ];
  const server = createServer(async (request, response) => {
    for (const handler of handlers) if (await handler(request, response)) return;
    response.writeHead(418).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokenOf = (monitor: string, epoch = 1) => tokens.issue({ repository: REPOSITORY, monitor }, epoch);

  return {
    folder,
    logFolder: path.join(folder, REPOSITORY, 'live'),
    records,
    requested,
    errors,
    tokenOf,
    url,
    post: async (
      address: string,
      body: string | Buffer<ArrayBuffer>,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> => {
      const monitor = address.split('/')[0]!;
      const answer = await fetch(`${url}/api/monitors/${address}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(monitor)}`, ...headers },
      });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
    },
    pass: (ms: number) => {
      now += ms;
    },
    flush: () => observations.flush({ repository: REPOSITORY, monitor: 'live' }),
    /** As after a restart: nothing is remembered but what is on disk. */
    reopen: async () => {
      await observations.close();
      observations = open();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await observations.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
