import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { stageTag } from '../../domain/registry/tag.ts';
import { liveVersion, nextStageCounter } from '../../domain/registry/tagged-versions.ts';
import { type RolloutState, startRollout } from '../../domain/rollout/rollout.ts';
import { stepRollout } from '../../domain/rollout/step-rollout.ts';
import type { Deployment } from '../../domain/spec/valid.ts';
import type { Deployer, ServedVersion } from '../../ports/deployer.ts';
import type { DeploymentState, RepositoryRef } from '../../ports/github.ts';
import { versionsOf } from '../champion.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { Records, RolloutRecord, RolloutTarget, VersionRecord } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';
import { alertAgainst } from './alert-against.ts';
import { EMPTY_ROLLOUT, isSameTarget, previousAfter, ROLLBACK, retarget } from './target.ts';

type Scene = {
  deps: FlowDeps;
  records: Records;
  ref: RepositoryRef;
  repository: string;
  id: string;
  deployment: Deployment;
  deployer: Deployer;
  versions: VersionRecord[];
};

const MAX_CLAIMS = 10;
/** Steps of the state machine in one look; more would mean that it does not settle. */
const MAX_STEPS = 20;

/** Drives one deployment to the version that shall be live, through its canary, and says so on GitHub. */
export async function reconcileRollout(
  deps: FlowDeps,
  records: Records,
  repository: string,
  name: string,
): Promise<Again> {
  const ref = await repositoryRef(records, repository);
  const declared = (await records.bases.get(repository))?.repository;
  const deployment = declared?.deployments.find((one) => one.name === name);
  if (!ref || !deployment) return undefined;
  const deployer = deps.deployers[deployment.target.type];
  if (!deployer) {
    deps.log.warn({ repository, deployment: name }, `no deployer for targets of type ${deployment.target.type}`);
    return undefined;
  }
  const versions = await versionsOf(records, repository, deployment.model);
  const scene: Scene = { deps, records, ref, repository, id: `${repository}/${name}`, deployment, deployer, versions };
  const record = await chooseTarget(scene);
  if (record.givenUp?.length) await callOff(scene, record.givenUp);
  if (record.ended) await tellOthers(scene);
  if (!record.target) {
    await holdCurrent(scene, record);
    return undefined;
  }
  return drive(scene, record, record.target);
}

/** The newest version is rolled out by itself once; what a person chose stays until there is a newer one. */
async function chooseTarget(scene: Scene): Promise<RolloutRecord> {
  const { deps, records, deployment, versions } = scene;
  const newest = versions.at(-1);
  const cleared = newest && (await passedBefore(scene, newest.version));
  const record = await records.rollouts.update(scene.id, (current) => {
    const before = current ?? EMPTY_ROLLOUT;
    if (!newest || !cleared || before.seen.includes(newest.version)) return undefined;
    const target = {
      version: newest.version,
      reason: `pull request #${newest.pull}`,
      by: deployment.model,
      since: deps.clock.now(),
      watchedFrom: deps.monitorClock.now(),
    };
    return { ...retarget(before, target), seen: [...before.seen, newest.version] };
  });
  return record ?? EMPTY_ROLLOUT;
}

/** `after: staging` waits until staging runs on that version. */
async function passedBefore(scene: Scene, version: string): Promise<boolean> {
  const { after } = scene.deployment;
  if (!after) return true;
  return (await scene.records.rollouts.get(`${scene.repository}/${after}`))?.current === version;
}

/** Nothing to roll out: what is current must be served, also after the machine was restarted. */
async function holdCurrent(scene: Scene, record: RolloutRecord): Promise<void> {
  const current = scene.versions.find((version) => version.version === record.current);
  if (!current) return;
  const status = await scene.deployer.status(scene.repository, scene.deployment.name);
  const serving = status?.versions.filter((version) => version.percent > 0) ?? [];
  if (serving.length === 1 && serving[0]?.version === current.version && status?.ready) return;
  await scene.deployer.apply({
    repository: scene.repository,
    name: scene.deployment.name,
    versions: [served(current, 100)],
  });
}

function served(version: VersionRecord, percent: number): ServedVersion {
  return { version: version.version, artifact: version.artifact, model: version.model, percent };
}

async function drive(scene: Scene, record: RolloutRecord, target: RolloutTarget): Promise<Again> {
  const { deps, deployment } = scene;
  const canary = target.reason === ROLLBACK ? [] : deployment.strategy.canary;
  const settings = { steps: canary, intervalMs: deployment.strategy.intervalSeconds * 1000 };
  let state = record.state ?? startRollout(target.version, record.current, settings, deps.clock.now());
  const githubId = await announce(scene, target);
  if (githubId === undefined) return { at: deps.clock.now() };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const status = await scene.deployer.status(scene.repository, deployment.name);
    // Whoever goes back does so because something is wrong: that is no reason to undo it.
    const judge = target.reason === ROLLBACK ? undefined : deployment.strategy.judge;
    const since = target.watchedFrom ?? target.since;
    const alert = await alertAgainst(scene.records, scene.repository, judge, since);
    const next = stepRollout(state, { versions: status?.versions ?? [], alert }, deps.clock.now());
    state = next.state;
    if (!(await save(scene, target, { state, url: status?.url }))) return { at: deps.clock.now() };
    if (next.action.kind === 'none') return finish(scene, state, target, githubId, status?.url);
    if (next.action.kind === 'wait') {
      await tell(scene, target, githubId, 'in_progress', progress(state), status?.url);
      return { at: next.action.until };
    }
    await scene.deployer.apply({
      repository: scene.repository,
      name: deployment.name,
      versions: next.action.traffic.flatMap((share) => {
        const version = scene.versions.find((one) => one.version === share.version);
        return version ? [served(version, share.percent)] : [];
      }),
    });
  }
  return { at: deps.clock.now() + 1000 };
}

function progress(state: RolloutState): string {
  const percent = state.settings.steps[state.step] ?? 100;
  return state.status === 'preparing'
    ? `v${state.candidate}: preparing ${percent} %`
    : `v${state.candidate}: ${percent} % of the traffic`;
}

/** False when somebody asked for another target meanwhile: then nothing of this one may be written down. */
async function save(scene: Scene, target: RolloutTarget, change: Partial<RolloutRecord>): Promise<boolean> {
  const saved = await scene.records.rollouts.update(scene.id, (current) =>
    current && isSameTarget(current.target, target) ? { ...current, ...change } : undefined,
  );
  return isSameTarget(saved?.target, target);
}

/** The deployment on GitHub; undefined when the target is another meanwhile. */
async function announce(scene: Scene, target: RolloutTarget): Promise<number | undefined> {
  if (target.githubId !== undefined) return target.githubId;
  const version = scene.versions.find((one) => one.version === target.version);
  if (!version) throw new AppError('conflict/not-found', `there is no version ${target.version} to roll out`);
  const { id } = await scene.deps.github.deployments.ensure(scene.ref, {
    key: `${scene.deployment.name}/${target.version}/${target.since}`,
    sha: version.commit,
    environment: scene.deployment.environment,
    description: `${scene.deployment.name}: v${target.version} (${target.reason})`,
  });
  if (await save(scene, target, { target: { ...target, githubId: id } })) return id;
  await callOff(scene, [id]);
  return undefined;
}

async function callOff(scene: Scene, githubIds: number[]): Promise<void> {
  const description = 'given up for another version';
  for (const id of githubIds)
    await scene.deps.github.deployments.setStatus(scene.ref, id, { state: 'inactive', description });
  await scene.records.rollouts.update(
    scene.id,
    (current) => current && { ...current, givenUp: current.givenUp?.filter((id) => !githubIds.includes(id)) },
  );
}

/** Says it once: a rollout that is watched for hours is looked at every second while it starts. */
async function tell(
  scene: Scene,
  target: RolloutTarget,
  githubId: number,
  state: DeploymentState,
  description: string,
  url: string | undefined,
): Promise<void> {
  const told = digestOf({ state, description, url: url ?? null });
  const record = await scene.records.rollouts.get(scene.id);
  if (record?.target?.told === told) return;
  await scene.deps.github.deployments.setStatus(scene.ref, githubId, { state, description, environmentUrl: url });
  await save(scene, target, { target: { ...target, githubId, told } });
}

async function finish(
  scene: Scene,
  state: RolloutState,
  target: RolloutTarget,
  githubId: number,
  url: string | undefined,
): Promise<Again> {
  const { deps, records } = scene;
  const live = state.status === 'promoted';
  if (live) await assignStage(scene, target.version);
  await tell(
    scene,
    target,
    githubId,
    live ? 'success' : 'failure',
    `v${target.version}: ${live ? 'live' : 'rolled back'}, ${state.reason ?? ''}`,
    url,
  );
  await records.rollouts.update(scene.id, (current) => {
    if (!current || !isSameTarget(current.target, target)) return undefined;
    const last = {
      version: target.version,
      outcome: live ? ('live' as const) : ('rolled-back' as const),
      reason: state.reason ?? target.reason,
      at: deps.clock.now(),
    };
    return {
      ...current,
      url,
      last,
      target: undefined,
      state: undefined,
      previous: live ? previousAfter(current, target) : current.previous,
      ended: true,
      current: live ? target.version : current.current,
    };
  });
  await tellOthers(scene);
  return undefined;
}

async function tellOthers({ deps, records, repository, deployment, id }: Scene): Promise<void> {
  for (const other of (await records.bases.get(repository))?.repository?.deployments ?? []) {
    if (other.after === deployment.name)
      await deps.store.queue.request(formatKey({ kind: 'rollout', repository, name: other.name }));
  }
  for (const pull of await records.pulls.list(`${repository}#`)) {
    // The champion changed: what is open is to be compared with the new one.
    if (!pull.value.closed) await deps.store.queue.request(`pull:${pull.id}`);
  }
  await records.rollouts.update(id, (current) => current && { ...current, ended: undefined });
}

/** Git says which version is live where: a stage tag, in GTO's grammar, on the version's commit. */
async function assignStage(scene: Scene, version: string): Promise<void> {
  const { deps, ref, deployment, versions } = scene;
  const { model, environment } = deployment;
  const commit = versions.find((one) => one.version === version)?.commit;
  if (!commit) return;
  for (let tries = 0; tries < MAX_CLAIMS; tries += 1) {
    const tags = await deps.github.releases.listTags(ref, model);
    if (liveVersion(tags, model, environment)?.commit === commit) return;
    const name = stageTag(model, environment, nextStageCounter(tags, model, environment));
    const message = `${model} v${version} is live in ${environment} (${deployment.name})`;
    if ((await deps.github.releases.createTag(ref, { name, commit, message })) === 'created') return;
  }
  throw new AppError('conflict/stale', `${model}: every stage tag that looked free was taken meanwhile`);
}
