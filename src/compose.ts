/**
 * Chooses the server's adapters (compose-parts.ts: those of the processes that it starts). They are loaded when they are
 * needed: a server must not pay for a cluster that it does not use.
 */
import path from 'node:path';
import { createAgentApi } from './agent-api/handle.ts';
import { oidcIssuer } from './agent-api/oidc-issuer.ts';
import { createAgentTokens } from './agent-api/tokens.ts';
import { monitorFolders } from './compose-parts.ts';
import { AppError } from './domain/errors.ts';
import { createMonitorTokens } from './domain/monitor/monitor-token.ts';
import { receiveAction, receiveComment } from './flows/command/receive.ts';
import type { FlowDeps } from './flows/deps.ts';
import { formatKey } from './flows/keys.ts';
import { receiveAlerts } from './flows/monitor/receive-alerts.ts';
import { reconcile } from './flows/reconcile.ts';
import { openRecords, type Records } from './flows/records.ts';
import { repositoryRef } from './flows/repository-ref.ts';
import { resyncKeys } from './flows/resync-keys.ts';
import type { Artifacts, UploadStore } from './ports/artifacts.ts';
import type { Clock } from './ports/clock.ts';
import type { Deployer } from './ports/deployer.ts';
import type { Store } from './ports/store.ts';
import { selfCommand } from './self-command.ts';
import { claimFolder } from './serve/claim-folder.ts';
import type { Composition } from './server/composition.ts';
import type { Config } from './server/config.ts';
import type { Compose } from './server.ts';
import { createAlertsHandler } from './web/alertmanager.ts';
import { createMonitorAccess } from './web/monitor-access.ts';
import { createObservationsHandler } from './web/observations.ts';
import { createReportsHandler } from './web/reports.ts';

const LEASE_MS = 30_000;
const MAX_BLOB_BYTES = 4 * 2 ** 30;
/** Of jobs that were lost for good; the others' are removed with the job. */
const KEEP_CHECKPOINTS_MS = 14 * 24 * 3_600_000;

export type Overrides = {
  /** What monitors take for the present, where a past calendar is replayed. */
  monitorClock?: Clock;
};

/** Everything that the server runs. */
export async function compose(context: Parameters<Compose>[0], overrides: Overrides = {}): Promise<Composition> {
  const { config, log, octokitFor, appId } = context;
  const clock: Clock = { now: () => Date.now() };
  const [
    { createGitHub },
    { createDeliveryLog },
    { createInstallations },
    { createOciLayoutRegistry },
    { createDriftSource },
    { createSourceVersions },
    { createObservations },
    { createLogParts },
  ] = await Promise.all([
    import('./adapters/github/create-github.ts'),
    import('./adapters/github/delivery-log.ts'),
    import('./adapters/github/installations.ts'),
    import('./adapters/registry/oci/create-oci-layout-registry.ts'),
    import('./adapters/drift-source/create-drift-source.ts'),
    import('./adapters/dataset/create-source-versions.ts'),
    import('./adapters/observations/create-observations.ts'),
    import('./adapters/inference-log/create-log-parts.ts'),
  ]);
  const [store, artifacts, checkpoints] = await Promise.all([
    openStore(config),
    openArtifacts(config),
    openCheckpoints(config),
  ]);
  const records = openRecords(store.documents);
  const github = createGitHub({ octokitFor, appId });
  const tokens = createAgentTokens(config.agentSecret);
  const repository = async (name: string) => {
    const ref = await repositoryRef(records, name);
    if (!ref) throw new AppError('conflict/not-found', `the app is not installed on ${name}`);
    return ref;
  };
  const clientOf = async (name: string) => octokitFor((await repository(name)).installationId);
  const folders = monitorFolders(config.stateFolder);
  const observations = createObservations({
    folder: folders.observationsRoot,
    parts: createLogParts(),
    claim: claimFolder,
    keepMs: config.observationDays * 86_400_000,
    onError: (error) => log.error({ err: error }, 'posted observations could not be written out'),
  });
  const runners = await openRunners(context, { store, records, clock, clientOf });
  const deps: FlowDeps = {
    github,
    store,
    artifacts,
    registry: createOciLayoutRegistry({ folder: path.join(config.stateFolder, 'registry'), artifacts }),
    deployers: { local: await openLocalDeployer(config, artifacts) },
    drift: createDriftSource({
      ...folders,
      dataRoot: config.dataRoot,
      flushObservations: observations.flush,
      pruneObservations: observations.prune,
    }),
    sourceVersions: createSourceVersions({ dataRoot: config.dataRoot }),
    runners: runners.offered,
    jobLimits: config.jobLimits,
    issueToken: tokens.issue,
    clock,
    monitorClock: overrides.monitorClock ?? clock,
    upSince: clock.now(),
    get publicUrl() {
      return context.publicUrl();
    },
    ...(config.reports !== undefined && { servesReports: true }),
    log,
  };
  const access = createMonitorAccess({
    records,
    tokens: createMonitorTokens(config.agentSecret),
    epochs: config.monitorTokenEpochs,
  });
  return {
    store,
    artifacts,
    deliveryLog: createDeliveryLog({ octokitFor }),
    installations: createInstallations({ octokitFor }),
    handlers: {
      onComment: (comment) => receiveComment({ store, records, clock }, comment),
      onAction: (action) => receiveAction({ store, records, clock }, action),
    },
    reconcile: (key, child) => reconcile({ ...deps, publicUrl: context.publicUrl(), log: child }, records, key),
    resyncKeys: () => resyncKeys(deps, records),
    httpHandlers: [
      createAgentApi({
        store,
        artifacts,
        checkpoints,
        access: github.access,
        repository,
        tokens,
        clock,
        log,
        leaseMs: LEASE_MS,
        maxBlobBytes: MAX_BLOB_BYTES,
        oidc: { issuer: oidcIssuer(config.apiUrl), audience: context.publicUrl, runs: runners.workflowRuns },
      }),
      createObservationsHandler({ observations, access, queue: store.queue, clock, log }),
      createAlertsHandler({ access, receive: (heard) => receiveAlerts({ store, records }, heard), log }),
      ...(config.reports === undefined ? [] : [createReportsHandler({ artifacts, records, to: config.reports })]),
    ],
    close: async () => void (await Promise.all([runners.close(), observations.close()])),
  };
}

/** Kubernetes and Ray only where the operator named places in them. */
async function openRunners(
  context: Parameters<Compose>[0],
  world: {
    store: Store;
    records: Records;
    clock: Clock;
    clientOf(repository: string): Promise<Awaited<ReturnType<Parameters<Compose>[0]['octokitFor']>>>;
  },
) {
  const { config, log, appId } = context;
  const { store, records, clock } = world;
  const [{ createLocalRunner }, { createActionsRunner }, { createWorkflowRuns }, { createAppIdentity }] =
    await Promise.all([
      import('./adapters/runners/local/create-local-runner.ts'),
      import('./adapters/runners/actions/create-actions-runner.ts'),
      import('./adapters/runners/actions/workflow-runs.ts'),
      import('./adapters/github/identity.ts'),
    ]);
  const octokitFor = async (repository: string) => {
    const octokit = await world.clientOf(repository);
    return { request: (route: string, parameters: Record<string, unknown>) => octokit.request(route, parameters) };
  };
  const local = createLocalRunner({
    agentCommand: selfCommand('agent'),
    ...(config.spareAgent && { spareCommand: selfCommand('spare-agent') }),
    workRoot: path.join(config.stateFolder, 'jobs'),
    env: { SLUICE_DATA_ROOT: config.dataRoot },
  });
  const offered: FlowDeps['runners'] = {
    local,
    actions: createActionsRunner({
      octokitFor,
      appLogin: createAppIdentity({ octokitFor: context.octokitFor, appId }).login,
      defaultBranch: async (name) => (await records.repositories.get(name))?.defaultBranch ?? 'main',
      clock,
      log,
    }),
  };
  const owner = `sluice-${appId}`;
  let closeKubernetes = async (): Promise<void> => undefined;
  if (config.ray) {
    const { createRayRunner } = await import('./adapters/runners/ray/create-ray-runner.ts');
    offered.ray = createRayRunner({ ...config.ray, owner, log });
  }
  if (config.kubernetes) {
    const [{ KubeConfig }, { createKubernetesRunner }] = await Promise.all([
      import('@kubernetes/client-node'),
      import('./adapters/runners/kubernetes/create-kubernetes-runner.ts'),
    ]);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromDefault();
    const onChange = (id: string) => {
      store.queue
        .request(formatKey({ kind: 'job', id }))
        .catch((error) => log.warn({ err: error, job: id }, 'it could not be asked to look at the job'));
    };
    const kubernetes = createKubernetesRunner({ kubeConfig, ...config.kubernetes, owner, onChange, log });
    offered.kubernetes = kubernetes;
    closeKubernetes = async () => kubernetes.close();
  }
  const close = async () => void (await Promise.all([local.close(), closeKubernetes()]));
  return { offered, workflowRuns: createWorkflowRuns({ octokitFor }), close };
}

type Folders = Pick<Config, 'stateFolder'>;

async function openStore(config: Config): Promise<Store> {
  if (config.databaseUrl) {
    const { createPostgresStore } = await import('./adapters/store/postgres.ts');
    return createPostgresStore({ url: config.databaseUrl });
  }
  const { createPgliteStore } = await import('./adapters/store/pglite.ts');
  return createPgliteStore({ folder: path.join(config.stateFolder, 'store') });
}

async function openArtifacts(config: Folders): Promise<UploadStore> {
  const { createFolderArtifacts } = await import('./adapters/artifacts/fs/create-folder-artifacts.ts');
  return createFolderArtifacts(path.join(config.stateFolder, 'artifacts'));
}

async function openCheckpoints(config: Folders): Promise<UploadStore> {
  const { createFolderArtifacts } = await import('./adapters/artifacts/fs/create-folder-artifacts.ts');
  return createFolderArtifacts(path.join(config.stateFolder, 'checkpoints'), { keepMs: KEEP_CHECKPOINTS_MS });
}

async function openLocalDeployer(
  config: Folders,
  artifacts: Artifacts,
): Promise<Deployer & { stopAll(): Promise<void> }> {
  const { createLocalDeployer } = await import('./adapters/deploy/local/create-local-deployer.ts');
  return createLocalDeployer({
    folder: monitorFolders(config.stateFolder).servingRoot,
    artifacts,
    serveCommand: selfCommand('serve'),
  });
}

/** Ends the inference servers that the local deployer of that configuration started; they outlive the server otherwise. */
export async function stopServing(config: Folders): Promise<void> {
  await (await openLocalDeployer(config, await openArtifacts(config))).stopAll();
}
