import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createFolderArtifacts } from '../../src/adapters/artifacts/fs/create-folder-artifacts.ts';
import { createAgentApi } from '../../src/agent-api/handle.ts';
import type { OidcOptions } from '../../src/agent-api/oidc-exchange.ts';
import { createAgentTokens } from '../../src/agent-api/tokens.ts';
import { openTestStore } from '../harness/database.ts';

/** A real server with the agent API on a real store; the clock runs, shifted by `time.shift`. */
export async function openAgentApi(
  over: {
    leaseMs?: number;
    maxBlobBytes?: number;
    checkoutUrl?: () => string;
    /** Identity tokens are for this server. */
    oidc?: Omit<OidcOptions, 'audience'>;
  } = {},
) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const time = { shift: 0 };
  const clock = { now: () => Date.now() + time.shift };
  const store = await openTestStore({ now: clock.now });
  const artifacts = await createFolderArtifacts(path.join(folder, 'artifacts'));
  const checkpoints = await createFolderArtifacts(path.join(folder, 'checkpoints'));
  const tokens = createAgentTokens('a secret of the server');
  const warnings: unknown[] = [];
  const handle = createAgentApi({
    store,
    artifacts,
    checkpoints,
    tokens,
    ...(over.oidc && { oidc: { ...over.oidc, audience: () => url } }),
    clock,
    access: {
      checkout: async ({ owner, name }) => ({
        url: over.checkoutUrl?.() ?? `https://forge.invalid/${owner}/${name}.git`,
        token: 'ghs_checkout',
      }),
    },
    repository: async (fullName) => {
      const [owner, name] = fullName.split('/') as [string, string];
      return { owner, name, installationId: 1 };
    },
    log: { warn: (fields, message) => warnings.push({ fields, message }) },
    leaseMs: over.leaseMs ?? 20_000,
    maxBlobBytes: over.maxBlobBytes ?? 10_000_000,
  });
  const server = createServer((request, response) => {
    void handle(request, response).then((own) => own || response.writeHead(418).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    folder,
    url,
    server,
    store,
    artifacts,
    checkpoints,
    tokens,
    clock,
    time,
    warnings,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
