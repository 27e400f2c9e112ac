import type { CoreV1Event, KubeConfig, V1Job, V1Pod } from '@kubernetes/client-node';
import { AppError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PlacedJob, Runner, RunnerStatus } from '../../../ports/runner.ts';
import { openCluster } from './cluster.ts';
import { clusterError, statusCode } from './cluster-error.ts';
import { createEndings } from './end-attempts.ts';
import { type Found, findJob, findPods, findTrial, type Handle, handleOf, readHandle } from './find-attempt.ts';
import { type Call, createJob, giveTokens, unless } from './hand-over.ts';
import { groupManifest, jobManifest } from './job-manifest.ts';
import { CONTAINER, membersOf, selectorOf } from './names.ts';
import { type NamespaceView, openNamespaceView, remember } from './namespace-view.ts';
import type { KubernetesPlace } from './pod-template.ts';
import { readStatus } from './read-status.ts';
import { reapNamespace } from './reap-namespace.ts';

export type KubernetesRunnerOptions = {
  kubeConfig: KubeConfig;
  /** The only ones that a policy may name. */
  namespaces: string[];
  /** Image, with its digest, whose `/sluice` is copied beside the user's image. */
  agentImage: string;
  /** A label's value: two Sluices in one cluster leave each other's Jobs alone. */
  owner: string;
  /** Something about that job has changed in the cluster. */
  onChange(jobId: string): void;
  /** Numeric user that pods run as, 10001 by default; `image`: the user that the image names, which may be root. */
  runAs?: number | 'image';
  clock?: Clock;
  log: { warn(fields: object, message: string): void };
};

const DEFAULT_USER = 10_001;
const KEEP_LINES = 200;

/**
 * One Job an attempt, or one Indexed Job for a group (trials of a sweep, parts of a window); followed by watching, never
 * by asking around.
 */
export function createKubernetesRunner(options: KubernetesRunnerOptions): Runner & { close(): Promise<void> } {
  const { kubeConfig, owner, log } = options;
  const now = () => options.clock?.now() ?? Date.now();
  const cluster = openCluster(kubeConfig);
  const views = new Map<string, Promise<NamespaceView>>();
  const call: Call = (request, perform) =>
    perform().catch((error: unknown) => {
      throw clusterError(error, request, now());
    });

  const endings = createEndings(cluster, call);

  function viewOf(namespace: string): Promise<NamespaceView> {
    const known = views.get(namespace);
    if (known) return known;
    const opened = openNamespaceView({
      kubeConfig,
      cluster,
      namespace,
      selector: selectorOf(owner),
      onChange: options.onChange,
      onPod: (pod) => {
        endings.endIfUnwanted(pod).catch((error) => log.warn({ err: error }, 'a cancelled trial cannot be ended now'));
      },
      onTrouble: (error) => log.warn({ err: error, namespace }, 'the watch of Kubernetes broke; it is opened again'),
    });
    views.set(namespace, opened);
    return opened;
  }

  async function worldOf(namespace: string) {
    return { cluster, call, view: await viewOf(namespace) };
  }

  function placeOf({ place }: PlacedJob): KubernetesPlace {
    if (place.type !== 'kubernetes') throw new AppError('bug/invariant', `${place.name} is no Kubernetes runner`);
    return place;
  }
  const mayReach = (namespace: string) => options.namespaces.includes(namespace);
  const refusal = (namespace: string) =>
    `the namespace ${namespace} is not open to Sluice: an operator adds it to SLUICE_KUBERNETES_NAMESPACES`;
  const spaceOf = (job: PlacedJob) => readHandle(job.handle)?.namespace ?? placeOf(job).namespace;

  async function find(job: PlacedJob): Promise<(Found & { view: NamespaceView }) | undefined> {
    const world = await worldOf(spaceOf(job));
    const found = await findJob(world, job, placeOf(job));
    return found && { ...found, view: world.view };
  }

  async function endJob(job: V1Job, view: NamespaceView): Promise<void> {
    await endings.endJob(job);
    remember(view.deleted, job.metadata!.uid!, 'by us');
  }

  async function eventsOf({ metadata }: V1Pod | V1Job): Promise<CoreV1Event[]> {
    const { namespace, uid } = metadata as { namespace: string; uid: string };
    const fieldSelector = `involvedObject.uid=${uid}`;
    // they only explain: a Role without them must not keep a job from being followed
    const listed = await cluster.core.listNamespacedEvent({ namespace, fieldSelector }).catch(() => undefined);
    return listed?.items ?? [];
  }

  async function absent(job: PlacedJob): Promise<RunnerStatus> {
    const handle = readHandle(job.handle);
    const { deleted } = await viewOf(spaceOf(job));
    if (handle && deleted.get(handle.uid) === 'by somebody') {
      const reason = `its Job ${handle.namespace}/${handle.name} was deleted in the cluster`;
      return { state: 'gone', fault: 'cancelled', reason };
    }
    return { state: 'gone', fault: 'infrastructure', reason: 'the cluster has no Job for it' };
  }

  const manifestOptions = (serverUrl: string) => ({
    owner,
    agentImage: options.agentImage,
    serverUrl,
    runAs: options.runAs ?? DEFAULT_USER,
  });

  function assertAllowed(namespace: string): void {
    if (!mayReach(namespace)) throw new AppError('config/environment', refusal(namespace));
  }

  return {
    async submit(job, { serverUrl, token }) {
      const place = placeOf(job);
      assertAllowed(place.namespace);
      const trial = await findTrial(await worldOf(place.namespace), job, place);
      if (trial) {
        await giveTokens(cluster, call, trial.job, { [`token-${trial.index}`]: token });
        return { handle: handleOf(trial.job, trial.index) };
      }
      const made = await createJob(cluster, call, jobManifest(job, place, manifestOptions(serverUrl)));
      await giveTokens(cluster, call, made, { token });
      return { handle: handleOf(made) };
    },

    async submitGroup(members, { serverUrl, parallel }) {
      const [first] = members;
      if (!first) return {};
      const place = placeOf(first.job);
      assertAllowed(place.namespace);
      const manifest = groupManifest(
        members.map(({ job }) => job),
        place,
        { ...manifestOptions(serverUrl), group: first.job.group!, parallel },
      );
      const made = await createJob(cluster, call, manifest);
      const order = membersOf(made) ?? [];
      const known = members.flatMap(({ job, token }) => {
        const index = order.indexOf(job.id);
        return index < 0 ? [] : [{ id: job.id, index, token }];
      });
      const tokens = Object.fromEntries(known.map(({ index, token }) => [`token-${index}`, token]));
      await giveTokens(cluster, call, made, tokens);
      return Object.fromEntries(known.map(({ id, index }): [string, Handle] => [id, handleOf(made, index)]));
    },

    async status(job) {
      const namespace = spaceOf(job);
      if (!mayReach(namespace)) return { state: 'gone', fault: 'job', reason: refusal(namespace) };
      const found = await find(job);
      if (!found) return absent(job);
      const { view, ...spot } = found;
      if (spot.index !== undefined && endings.isEnded(spot.job, spot.index)) {
        return { state: 'gone', fault: 'cancelled', reason: 'it was cancelled' };
      }
      const [pod] = await findPods({ cluster, call, view }, spot);
      const seen = { ...spot, ...(pod && { pod }), claimed: job.status === 'running', now: now() };
      const status = readStatus({ ...seen, events: [] });
      // most that waits says so itself; only then are the events asked for
      if (status.state !== 'pending' || spot.job.spec?.suspend) return status;
      return readStatus({ ...seen, events: await eventsOf(pod ?? spot.job) });
    },

    async cancel(job) {
      if (!mayReach(spaceOf(job))) return;
      const found = await find(job);
      if (!found) return;
      if (found.index === undefined) await endJob(found.job, found.view);
      else await endings.endTrial(found.job, found.index);
    },

    async logs(job) {
      if (!mayReach(spaceOf(job))) return [];
      const found = await find(job);
      const [pod] = found ? await findPods({ cluster, call, view: found.view }, found) : [];
      if (!pod) return [];
      const { name, namespace } = pod.metadata as { name: string; namespace: string };
      const text = await call({ verb: 'get', resource: 'pods/log', namespace }, () =>
        cluster.core
          .readNamespacedPodLog({ namespace, name, container: CONTAINER, tailLines: KEEP_LINES })
          // its container has not begun
          .catch((error) => (statusCode(error) === 400 ? '' : (unless(404)(error) ?? ''))),
      );
      return text.split('\n').filter((line) => line.trim() !== '');
    },

    async reap(live, places) {
      const named = places.flatMap(({ spec }) => (spec.type === 'kubernetes' ? [spec.namespace] : []));
      const counts = await Promise.all(
        [...new Set(named)].filter(mayReach).map(async (namespace) => {
          try {
            const { view } = await worldOf(namespace);
            const end = { job: (job: V1Job) => endJob(job, view), trial: endings.endTrial };
            return await reapNamespace(cluster, call, { namespace, selector: selectorOf(owner), live, end });
          } catch (error) {
            log.warn({ err: error, namespace }, 'the Jobs of the namespace cannot be looked through now');
            return 0;
          }
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },

    async close() {
      const opened = [...views.values()];
      views.clear();
      await Promise.all(opened.map(async (view) => (await view).stop()));
    },
  };
}
