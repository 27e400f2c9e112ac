/**
 * After a merge: what was evaluated is what ships. The fingerprint of each model in the merged tree must be the
 * evaluated one; then the version is claimed by creating its tag, pushed into the registry, released and rolled out.
 * Every step finds what an earlier, killed run already did.
 */

import { AppError } from '../../domain/errors.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { fingerprintRun } from '../../domain/fingerprint/fingerprint-run.ts';
import { parseTag, versionTag } from '../../domain/registry/tag.ts';
import { nextVersion } from '../../domain/registry/version.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import { specPaths } from '../../domain/spec/spec-paths.ts';
import type { Repository } from '../../domain/spec/valid.ts';
import { validateRepository } from '../../domain/spec/validate-repository.ts';
import type { PullRequest, RepositoryRef, TreeEntry } from '../../ports/github.ts';
import { renderModelCard } from '../../render/model-card.ts';
import { renderPullComment } from '../../render/pull-comment.ts';
import { readJson } from '../blobs.ts';
import type { FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import { publishComment } from '../publish.ts';
import { EMPTY_PULL } from '../pull-request/empty-pull.ts';
import type { Published, PullRecord, ReadyModel, Records, VersionRecord } from '../records.ts';

const MAX_CLAIMS = 10;

type Merged = { tree: TreeEntry[]; repository?: Repository };

export async function promoteMergedPull(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  pull: PullRequest,
  id: string,
): Promise<void> {
  const record = await records.pulls.get(id);
  const mergeCommit = pull.mergeCommit;
  if (!record || record.promoted) return;
  if (!mergeCommit) throw new AppError('conflict/stale', `GitHub does not say yet what #${pull.number} was merged as`);
  const repository = `${ref.owner}/${ref.name}`;
  const versions: NonNullable<PullRecord['promoted']>['versions'] = [];
  const home = (await records.repositories.get(repository))?.defaultBranch;
  const refused = refusal(record, pull, home);
  if (refused.length === 0 && record.ready) {
    await records.pulls.update(id, (current) => current && { ...current, promoting: mergeCommit });
    const merged = await readMerged(deps, ref, mergeCommit);
    for (const ready of record.ready.models.filter(isNewVersion)) {
      const why = differs(ready, merged);
      if (why) {
        refused.push(why);
        continue;
      }
      const version = await ship(deps, records, ref, pull, mergeCommit, ready, record.ready.approvedBy);
      versions.push({ model: ready.name, version: version.version, url: version.releaseUrl });
    }
  }
  // Asked for before it counts as done: killed in between, it is asked for again.
  await deps.store.queue.request(formatKey({ kind: 'branch', repository, branch: pull.base.branch }));
  if (record.origin)
    await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name: record.origin.monitor }));
  await tell(deps, records, ref, pull, id, { mergeCommit, versions, refused });
}

/** A change of gates or evaluation alone makes no other model. */
function isNewVersion({ parts }: ReadyModel): boolean {
  return parts.code || parts.data || parts.params || parts.signature;
}

function refusal(record: PullRecord, pull: PullRequest, home: string | undefined): string[] {
  // Whoever may push can make a branch with gates of their own; only what reaches the default branch is released.
  if (pull.base.branch !== home)
    return record.ready?.models.some(isNewVersion)
      ? [`it was merged into ${pull.base.branch}; only what is merged into ${home} is released.`]
      : [];
  if (record.ready?.headSha === pull.head.sha) return [];
  // A pull request without models of ours has nothing to ship and nothing to refuse.
  if (record.planDigest === '' && !record.ready) return [];
  return [
    'it was merged before its gate said yes for this head. Nothing was released; `/retrain` in a new pull request does it again under the gate.',
  ];
}

async function readMerged(deps: FlowDeps, ref: RepositoryRef, sha: string): Promise<Merged> {
  const tree = await deps.github.files.tree(ref, sha);
  const policyText = (await deps.github.files.read(ref, [{ sha, path: POLICY_PATH }])).get(`${sha}:${POLICY_PATH}`);
  const policy = policyText === undefined ? undefined : parsePolicy({ path: POLICY_PATH, text: policyText }).policy;
  if (!policy) return { tree };
  const paths = specPaths(
    policy,
    tree.map((entry) => entry.path),
  );
  const answer = await deps.github.files.read(
    ref,
    paths.map((path) => ({ sha, path })),
  );
  const files = new Map(
    paths.flatMap((path) => (answer.has(`${sha}:${path}`) ? [[path, answer.get(`${sha}:${path}`)!]] : [])),
  );
  return { tree, repository: validateRepository({ policy, files }).repository };
}

function differs(ready: ReadyModel, merged: Merged): string | undefined {
  const model = merged.repository?.models.find((one) => one.name === ready.name);
  const dataset = merged.repository?.datasets.find((one) => one.name === model?.dataset);
  const runner = merged.repository?.policy.runners.find((one) => one.name === model?.train.runner);
  if (!model || !dataset || !runner) return `${ready.name} is not declared in the merged tree.`;
  const fingerprint = fingerprintRun({ model, dataset, runner, tree: merged.tree });
  if (fingerprint === ready.fingerprint) return undefined;
  return `${ready.name}: the merged tree is not what was evaluated (its fingerprint differs: something else was merged in between). Open a pull request that touches it to evaluate the combination.`;
}

async function ship(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  pull: PullRequest,
  commit: string,
  ready: ReadyModel,
  approvedBy: string[],
): Promise<VersionRecord> {
  const repository = `${ref.owner}/${ref.name}`;
  const evaluation = await readJson<Evaluation>(deps.artifacts, ready.evaluationDigest);
  const { version, tag } = await claimVersion(deps, ref, ready, commit, pull.number);
  const card = renderModelCard({
    model: ready.model,
    dataset: ready.dataset,
    version,
    commit,
    fingerprint: ready.fingerprint,
    artifact: ready.artifact,
    evaluation,
    gates: ready.gates,
    pull: { number: pull.number, url: pull.url },
    approvedBy,
    sweep: ready.sweep,
  });
  const createdAt = await claimedAt(records, `${repository}/${ready.name}/${version}`, deps.clock.now());
  const registry = await deps.registry.push({
    repository,
    model: ready.name,
    version,
    artifact: ready.artifact,
    commit,
    createdAt: new Date(createdAt).toISOString(),
    sourceUrl: pull.url.replace(/\/pull\/\d+$/, ''),
    datasets: [ready.dataset.source.uri],
    card,
    licenses: [],
  });
  const release = await deps.github.releases.publishRelease(ref, {
    tag,
    name: `${ready.name} v${version}`,
    body: card,
  });
  const value: VersionRecord = {
    model: ready.model,
    dataset: ready.dataset,
    version,
    commit,
    artifact: ready.artifact,
    fingerprint: ready.fingerprint,
    evaluationDigest: ready.evaluationDigest,
    referenceDigest: ready.referenceDigest,
    registry,
    releaseUrl: release.url,
    pull: pull.number,
    createdAt,
    ...(ready.sweep && { sweep: ready.sweep }),
  };
  await records.versions.update(`${repository}/${ready.name}/${version}`, (current) => current ?? value);
  return value;
}

/** Noted once, so that a repeated push gives the same manifest. */
async function claimedAt(records: Records, id: string, now: number): Promise<number> {
  return (await records.claims.update(id, (current) => current ?? { at: now }))?.at ?? now;
}

/** The tag that points to this merge commit is ours from an earlier try; else the next free version is claimed. */
async function claimVersion(
  deps: FlowDeps,
  ref: RepositoryRef,
  ready: ReadyModel,
  commit: string,
  pull: number,
): Promise<{ version: string; tag: string }> {
  for (let tries = 0; tries < MAX_CLAIMS; tries += 1) {
    const tags = await deps.github.releases.listTags(ref, `${ready.name}@v`);
    const versions = tags.flatMap((tag) => {
      const parsed = parseTag(tag.name);
      return parsed?.kind === 'version' && parsed.model === ready.name ? [{ version: parsed.version, ...tag }] : [];
    });
    // Also by its artifact: somebody else may tag the same commit.
    const own = versions.find((one) => one.commit === commit && one.message?.includes(ready.artifact.digest));
    if (own) return { version: own.version, tag: own.name };
    const version = nextVersion(
      versions.map((one) => one.version),
      ready.parts,
    );
    const tag = versionTag(ready.name, version);
    const message = `${ready.name} v${version}\n\nArtifact: ${ready.artifact.digest}\nFingerprint: ${ready.fingerprint}\nPull request: #${pull}`;
    if ((await deps.github.releases.createTag(ref, { name: tag, commit, message })) === 'created')
      return { version, tag };
  }
  throw new AppError('conflict/stale', `${ready.name}: every version that looked free was taken meanwhile`);
}

async function tell(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  pull: PullRequest,
  id: string,
  promoted: NonNullable<PullRecord['promoted']>,
): Promise<void> {
  const record = (await records.pulls.get(id)) ?? EMPTY_PULL;
  if (promoted.versions.length > 0 || promoted.refused.length > 0) {
    const body = renderPullComment({
      headline: promoted.versions.length > 0 ? 'merged and shipped' : 'merged, nothing shipped',
      headSha: pull.head.sha,
      models: [],
      reasons: [],
      approvals: (record.ready?.approvedBy ?? []).map((by) => ({ by, stale: false })),
      promoted: promoted.versions,
      refused: promoted.refused,
      notes: record.notes,
    });
    const note = async (comment: Published) => {
      await records.pulls.update(id, (current) => ({ ...(current ?? EMPTY_PULL), comment }));
    };
    await note(await publishComment(deps, ref, pull.number, 'pull', body, record.comment, note));
  }
  await records.pulls.update(id, (current) => ({ ...(current ?? EMPTY_PULL), promoted }));
}
