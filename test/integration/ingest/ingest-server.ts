/**
 * `sluice server` as a process of its own, which takes observations into the folder SLUICE_STATE and knows of nothing
 * but the monitors of MONITORS. Says on standard output where it listens.
 */
import path from 'node:path';
import { createLogParts } from '../../../src/adapters/inference-log/create-log-parts.ts';
import { createObservations } from '../../../src/adapters/observations/create-observations.ts';
import { serverCommand } from '../../../src/cli/commands/server.ts';
import { createMonitorTokens } from '../../../src/domain/monitor/monitor-token.ts';
import { openRecords } from '../../../src/flows/records.ts';
import { claimFolder } from '../../../src/serve/claim-folder.ts';
import { createMonitorAccess } from '../../../src/web/monitor-access.ts';
import { createObservationsHandler } from '../../../src/web/observations.ts';
import { createMemoryStore } from '../../fakes/memory-store.ts';
import { emptyComposition } from '../../server/server-world.ts';
import { declare, madeMonitor, REPOSITORY } from '../../web/monitor-world.ts';

const complain = (line: string): void => void process.stderr.write(`${line}\n`);
const store = createMemoryStore();

process.exitCode = await serverCommand({
  env: process.env,
  json: true,
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: complain,
  compose: async ({ config, log }) => {
    const records = openRecords(store.documents);
    await declare(
      records,
      (process.env.MONITORS ?? 'live').split(',').map((name) => madeMonitor(name)),
    );
    const { SEGMENT_BYTES, SEGMENT_MS } = process.env;
    const observations = createObservations({
      folder: path.join(config.stateFolder, 'observations'),
      parts: createLogParts(),
      claim: claimFolder,
      onError: (error) => complain(String(error)),
      settings: {
        ...(SEGMENT_BYTES && { segmentBytes: Number(SEGMENT_BYTES) }),
        ...(SEGMENT_MS && { segmentAgeMs: Number(SEGMENT_MS) }),
      },
    });
    const access = createMonitorAccess({
      records,
      tokens: createMonitorTokens(config.agentSecret),
      epochs: { otherwise: 1, of: new Map() },
    });
    const clock = { now: () => Date.now() };
    return {
      ...emptyComposition(store),
      installations: {
        list: async () => [{ repository: REPOSITORY, installationId: 5, defaultBranch: 'main' }],
      },
      httpHandlers: [createObservationsHandler({ observations, access, queue: store.queue, clock, log })],
      close: () => observations.close(),
    };
  },
});
