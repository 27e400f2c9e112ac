import type { Policy } from '../../domain/spec/valid.ts';
import type { CheckContent, PullRequest, RepositoryRef } from '../../ports/github.ts';
import { createPictures } from '../../render/pictures.ts';
import { answerCommands } from '../command/answer-commands.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { type JobWish, requestCancel, submitJobs } from '../job/submit-job.ts';
import { THIS_MACHINE } from '../job/this-machine.ts';
import { formatKey } from '../keys.ts';
import { promoteMergedPull } from '../promotion/promote-merged-pull.ts';
import { publishCheck, publishComment, storePictures } from '../publish.ts';
import type { JudgedRecord, Published, PullRecord, Records } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';
import { invalidComment, plannedComment, unrelatedComment } from './comment.ts';
import { decidePull, type JudgedModel } from './decide.ts';
import { EMPTY_PULL } from './empty-pull.ts';
import { approvalGroups } from './judge-approvals.ts';
import { observePull, type PullObservation } from './observe.ts';
import { noteReports, reportLinks } from './report-links.ts';
import { GATE_CHECK, invalidChecks, plannedChecks, unrelatedCheck } from './views.ts';

/** A job that was just asked for shows how many are ahead of it. */
const SUBMITTED_MS = 2_000;
/** Someone else's job wakes its own pull request, not this one; each look costs some calls. */
const WATCH_MS = 60_000;
const MAX_FORMER_HEADS = 200;

/** Looks at a pull request and brings everything of ours about it in line. Safe to repeat, at any time. */
export async function reconcilePull(
  deps: FlowDeps,
  records: Records,
  repository: string,
  number: number,
): Promise<Again> {
  const ref = await repositoryRef(records, repository);
  if (!ref) return undefined;
  let pull = await deps.github.pulls.get(ref, number);
  const id = `${repository}#${number}`;
  if (pull.state === 'closed') return closePull(deps, records, ref, pull, id);
  if (await answerCommands(deps, records, ref, { id, pull })) pull = await deps.github.pulls.get(ref, number);
  const record = await records.pulls.get(id);
  const observed = await observePull(deps, records, ref, pull, record);
  if (withdraws(observed) && !(await isStillSo(deps, ref, pull))) return { at: deps.clock.now() };
  return act(deps, records, ref, id, observed);
}

async function closePull(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  pull: PullRequest,
  id: string,
): Promise<Again> {
  const live = await deps.store.jobs.list({
    repository: `${ref.owner}/${ref.name}`,
    pull: pull.number,
    unfinished: true,
  });
  for (const job of live) await requestCancel(deps, job.id);
  // What was said before the merge counts, also where it is heard after it.
  if (!(await records.pulls.get(id))?.promoting) await answerCommands(deps, records, ref, { id, pull });
  if (pull.merged) await promoteMergedPull(deps, records, ref, pull, id);
  await answerCommands(deps, records, ref, { id, pull });
  const closed = await records.pulls.update(
    id,
    (current) => current && { ...current, closed: true, merged: pull.merged },
  );
  const repository = `${ref.owner}/${ref.name}`;
  // The issue that asked for it says what came of it.
  if (closed?.origin)
    await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name: closed.origin.monitor }));
  return undefined;
}

async function act(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  id: string,
  observed: PullObservation,
): Promise<Again> {
  const { pull } = observed;
  if (observed.kind === 'unrelated') {
    await cancelLive(deps, ref, observed);
    // What was said while it concerned us must not stand any longer.
    const comment = observed.record?.comment ? unrelatedComment(pull.head.sha, observed.record.notes) : undefined;
    await publishAll(deps, records, ref, id, pull, [unrelatedCheck(observed.why)], comment, NOTHING_DECIDED);
    return undefined;
  }
  if (observed.kind === 'invalid') {
    const comment = invalidComment(pull.head.sha, observed.problems, observed.record?.notes ?? []);
    await cancelLive(deps, ref, observed);
    await publishAll(deps, records, ref, id, pull, invalidChecks(observed.problems), comment, NOTHING_DECIDED);
    return undefined;
  }
  const decision = decidePull(observed);
  for (const job of decision.cancel) await requestCancel(deps, job.id);
  for (const job of observed.live) {
    // Killed between making a job and asking for a look at it, nobody else would.
    if (job.attempt === 0) await deps.store.queue.request(formatKey({ kind: 'job', id: job.id }));
  }
  const wishes = decision.submit.map((request): JobWish => {
    const place = request.task.kind === 'data' ? THIS_MACHINE : runnerOf(observed.policy, request.runner);
    const repository = `${ref.owner}/${ref.name}`;
    return { ...request, ...(place && { place }), repository, sha: pull.head.sha, pull: pull.number };
  });
  await submitJobs(deps, wishes);
  const pictures = createPictures(deps.publicUrl);
  const checks = plannedChecks(observed, decision, pictures, reportLinks(deps));
  await storePictures(deps, pictures);
  await noteReports(deps, records, decision.models);
  const ready = decision.ready && {
    headSha: pull.head.sha,
    models: decision.ready,
    approvedBy: decision.approvals.valid.map((one) => one.by),
  };
  // What may ship is noted before the gate says so: the merge can follow the green check at once.
  await publishAll(deps, records, ref, id, pull, checks, plannedComment(observed, decision), {
    planDigest: decision.planDigest,
    evidenceDigest: decision.evidenceDigest,
    ready,
    governing: {
      policy: observed.policy,
      groups: approvalGroups(observed),
      models: observed.head.models.map(({ name, path }) => ({ name, path })),
    },
    judged: Object.fromEntries(decision.models.flatMap(judgedRecord)),
  });
  if (decision.submit.length > 0) return { at: deps.clock.now() + SUBMITTED_MS };
  return decision.watches ? { at: deps.clock.now() + WATCH_MS } : undefined;
}

function judgedRecord({ stage, state, unwaived }: JudgedModel): [string, JudgedRecord][] {
  const { evaluationDigest, evaluations = 1 } = stage.evaluate ?? {};
  if (state !== 'judged' || evaluationDigest === undefined) return [];
  return [[stage.model.name, { evaluationDigest, evaluations, gates: stage.gates, results: unwaived }]];
}

const runnerOf = (policy: Policy, runner: string) => policy.runners.find(({ name }) => name === runner);

/** What may ship now, and could not after this look. */
function withdraws(observed: PullObservation): boolean {
  if (observed.record?.ready?.headSha !== observed.pull.head.sha) return false;
  return observed.kind !== 'planned' || decidePull(observed).ready === undefined;
}

/** One that was merged while we looked shows no changes any more; that must not keep it from being shipped. */
async function isStillSo(deps: FlowDeps, ref: RepositoryRef, pull: PullRequest): Promise<boolean> {
  const now = await deps.github.pulls.get(ref, pull.number);
  return now.state === 'open' && now.head.sha === pull.head.sha;
}

/** Something of that name may be there; which, has to be searched. */
const UNKNOWN: Published = { id: 0, digest: '' };

type Decided = Partial<Pick<PullRecord, 'planDigest' | 'evidenceDigest' | 'ready' | 'governing' | 'judged'>>;

const NOTHING_DECIDED: Decided = {
  planDigest: '',
  evidenceDigest: '',
  ready: undefined,
  governing: undefined,
  judged: undefined,
};

/** What an earlier head of the pull request wanted, and this one does not. */
async function cancelLive(deps: FlowDeps, ref: RepositoryRef, { pull, record }: PullObservation): Promise<void> {
  if (!record) return;
  const repository = `${ref.owner}/${ref.name}`;
  const live = await deps.store.jobs.list({ repository, pull: pull.number, unfinished: true });
  for (const job of live) await requestCancel(deps, job.id);
}

async function publishAll(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  id: string,
  pull: PullRequest,
  contents: CheckContent[],
  comment: string | undefined,
  decided: Decided,
): Promise<void> {
  const before = await records.pulls.update(id, (current) => {
    const record = current ?? EMPTY_PULL;
    const next = { ...record, ...decided, headSha: pull.head.sha, closed: false };
    const same =
      next.headSha === record.headSha &&
      next.planDigest === record.planDigest &&
      next.evidenceDigest === record.evidenceDigest;
    return { ...next, evidenceSince: same ? record.evidenceSince : deps.clock.now() };
  });
  const ordered = [...contents].sort((a, b) => Number(a.name === GATE_CHECK) - Number(b.name === GATE_CHECK));
  for (const content of ordered) {
    const slot = `${pull.head.sha}/${content.name}`;
    const key = `${pull.number}/${content.name}`;
    const made = before?.formerHeads?.includes(pull.head.sha) ? UNKNOWN : undefined;
    const known = before?.checks[slot] ?? made;
    const published = await publishCheck(deps, ref, pull.head.sha, key, content, known, (intended) =>
      noteCheck(records, id, slot, intended),
    );
    if (published !== known) await noteCheck(records, id, slot, published);
  }
  if (comment === undefined) return;
  const note = async (published: Published) => {
    await records.pulls.update(id, (current) => ({ ...(current ?? EMPTY_PULL), comment: published }));
  };
  const published = await publishComment(deps, ref, pull.number, 'pull', comment, before?.comment, note);
  if (published !== before?.comment) await note(published);
}

async function noteCheck(
  records: Records,
  id: string,
  slot: string,
  published: PullRecord['checks'][string],
): Promise<void> {
  await records.pulls.update(id, (current) => {
    const record = current ?? EMPTY_PULL;
    const [head] = slot.split('/');
    // Only the present head's runs are ever looked at again.
    const kept = Object.entries(record.checks).filter(([other]) => other.startsWith(`${head}/`));
    const left = Object.keys(record.checks).map((other) => other.split('/')[0]!);
    const former = [...new Set([...(record.formerHeads ?? []), ...left.filter((other) => other !== head)])];
    return {
      ...record,
      checks: { ...Object.fromEntries(kept), [slot]: published },
      formerHeads: former.slice(-MAX_FORMER_HEADS),
    };
  });
}
