/** What each command does to a pull request. */
import type { Command } from '../../domain/commands/command.ts';
import type { PullRequest, RepositoryRef } from '../../ports/github.ts';
import { code } from '../../render/markdown.ts';
import type { FlowDeps } from '../deps.ts';
import { EMPTY_PULL } from '../pull-request/empty-pull.ts';
import { DATA_GENERATION, type PullRecord, type Records } from '../records.ts';
import { askRollback } from '../rollout/ask-rollback.ts';
import { answerAll, type Outcome } from './answer-all.ts';
import { commitParams } from './commit-params.ts';
import { explain } from './explain.ts';
import { isTooLate, mayJudge } from './may-judge.ts';
import { type Asked, change, modelsOf, repositoryOf, type Scene } from './scene.ts';
import { unwaive, waive } from './waive.ts';

/** Answers `moved` when it committed to the head. */
export async function answerCommands(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  target: { id: string; pull: PullRequest },
): Promise<'moved' | undefined> {
  const scene: Scene = { deps, records, ref, ...target };
  await answerAll(
    deps,
    records,
    ref,
    target.id,
    target.pull.number,
    'pull',
    (command, asked) => carryOut(scene, command, asked),
    async (note) => {
      await records.pulls.update(target.id, (current) => {
        const record = current ?? EMPTY_PULL;
        // Interrupted before the command counted as handled: it is noted already.
        if (record.notes.some((one) => one.command === note.command)) return undefined;
        return { ...record, notes: [...record.notes, note].slice(-20) };
      });
    },
  );
  return scene.pull === target.pull ? undefined : 'moved';
}

async function carryOut(scene: Scene, command: Command, asked: Asked): Promise<Outcome> {
  const said = `${code(`/${command.name}`)} by ${code(asked.by)}`;
  if (scene.pull.state === 'closed' && !(await mayStillStop(scene, command)))
    return { ok: false, reason: 'the pull request is closed' };
  switch (command.name) {
    case 'help':
      return { ok: true, note: '' };
    case 'plan':
      // Whatever GitHub shows now is not trusted: everything is published again.
      await change(scene, asked, (record) => ({ ...record, checks: withoutDigests(record.checks) }));
      return { ok: true, note: '' };
    case 'approve':
      return approve(scene, command, asked, said);
    case 'unapprove':
      await change(scene, asked, (record) => ({
        ...record,
        approvals: record.approvals.filter((one) => one.by !== asked.by),
        ready: undefined,
      }));
      return { ok: true, note: said };
    case 'waive':
      return waive(scene, command, asked, said);
    case 'unwaive':
      return unwaive(scene, command, asked, said);
    case 'explain':
      return explain(scene, command);
    case 'hold':
      await change(scene, asked, (record) => ({
        ...record,
        hold: { by: asked.by, reason: command.reason ?? '' },
        ready: undefined,
      }));
      return { ok: true, note: said };
    case 'unhold':
      await change(scene, asked, (record) => ({ ...record, hold: undefined }));
      return { ok: true, note: said };
    case 'cancel':
      await change(scene, asked, (record) => ({
        ...record,
        cancelled: { by: asked.by, headSha: scene.pull.head.sha },
      }));
      return { ok: true, note: said };
    case 'retrain':
      return retrain(scene, command, asked, said);
    case 'evaluate':
      return again(scene, command.models, asked, said, 'evaluate');
    case 'rollback':
      return askRollback(scene.deps, scene.records, repositoryOf(scene), command, asked);
    case 'snooze':
    case 'unsnooze':
    case 'accept':
      return { ok: false, reason: `${code(`/${command.name}`)} belongs on the issue of a monitor` };
  }
}

/** What was said before the merge may be heard after it: it still keeps the merged change from being shipped. */
async function mayStillStop({ records, id, pull }: Scene, command: Command): Promise<boolean> {
  if (['help', 'plan', 'rollback', 'explain'].includes(command.name)) return true;
  if (!pull.merged || !['hold', 'unapprove', 'unwaive'].includes(command.name)) return false;
  const record = await records.pulls.get(id);
  return record !== undefined && !record.promoting && !record.promoted;
}

function withoutDigests(checks: PullRecord['checks']): PullRecord['checks'] {
  return Object.fromEntries(Object.entries(checks).map(([slot, published]) => [slot, { ...published, digest: '' }]));
}

async function approve(
  scene: Scene,
  command: Extract<Command, { name: 'approve' }>,
  asked: Asked,
  said: string,
): Promise<Outcome> {
  const record = await scene.records.pulls.get(scene.id);
  const { pull } = scene;
  if (command.sha && !pull.head.sha.startsWith(command.sha)) {
    return {
      ok: false,
      reason: `the head is ${code(pull.head.sha.slice(0, 12))} now, not ${code(command.sha.slice(0, 12))}: look at it again first`,
    };
  }
  if (!record?.governing || record.headSha !== pull.head.sha || record.evidenceDigest === '') {
    return {
      ok: false,
      reason: 'there is nothing to approve yet: the plan or the results for this head are not complete',
    };
  }
  if (!command.sha && isTooLate(asked, record)) {
    return { ok: false, reason: 'what there is to approve changed after that was written: look at it again first' };
  }
  const verdict = await mayJudge(scene, asked, record.governing.policy, record.governing.groups);
  if (!verdict.ok) return verdict;
  const { teams } = verdict;
  const { headSha, planDigest, evidenceDigest } = record;
  await change(scene, asked, (current) => ({
    ...current,
    approvals: [...current.approvals, { by: asked.by, at: asked.at, headSha, planDigest, evidenceDigest }],
    teams: { ...current.teams, [asked.by]: teams },
  }));
  return { ok: true, note: `${said} for ${code(headSha.slice(0, 12))}` };
}

async function retrain(
  scene: Scene,
  command: Extract<Command, { name: 'retrain' }>,
  asked: Asked,
  said: string,
): Promise<Outcome> {
  if (Object.keys(command.params).length === 0) return again(scene, command.models, asked, said, 'train');
  const known = modelsOf(await scene.records.pulls.get(scene.id), command.models);
  if (!known.ok) return known;
  const { models } = known;
  if (models.length !== 1)
    return { ok: false, reason: `parameters need one model: ${models.map((one) => code(one.name)).join(', ')}` };
  if (scene.pull.head.fromFork)
    return {
      ok: false,
      reason: 'the head is a fork: Sluice cannot commit there; change the parameters in the pull request',
    };
  const home = (await scene.records.repositories.get(repositoryOf(scene)))?.defaultBranch;
  if (scene.pull.head.branch === home)
    return { ok: false, reason: `the head is ${code(home)} itself: Sluice commits there by pull requests only` };
  const values = Object.entries(command.params)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ');
  const done = await commitParams(
    scene.deps,
    scene.ref,
    scene.pull,
    models[0]!.path,
    command.params,
    `Set ${values} for ${models[0]!.name}\n\nAsked for by /retrain of ${asked.by}.`,
  );
  if ('swept' in done) {
    const names = done.swept.map((name) => code(name)).join(', ');
    return { ok: false, reason: `the sweep of ${code(models[0]!.name)} sets ${names}: change ${code('train.sweep')}` };
  }
  const { sha } = done;
  // What follows in the same look is about the new head.
  if (sha) scene.pull = { ...scene.pull, head: { ...scene.pull.head, sha } };
  return {
    ok: true,
    note: `${said}: ${code(values)}${sha ? ` committed as ${code(sha.slice(0, 12))}` : ' was so already'}`,
  };
}

async function again(
  scene: Scene,
  wanted: string[],
  asked: Asked,
  said: string,
  what: 'train' | 'evaluate',
): Promise<Outcome> {
  if (scene.pull.head.fromFork) return { ok: false, reason: 'the head is a fork: what it changes is planned, not run' };
  const known = modelsOf(await scene.records.pulls.get(scene.id), wanted);
  if (!known.ok) return known;
  await change(scene, asked, (record) => {
    const generations = { ...record.generations };
    for (const { name } of known.models) {
      const before = generations[name] ?? { train: 0, evaluate: 0 };
      generations[name] = { ...before, [what]: before[what] + 1 };
    }
    if (what === 'train') {
      const before = generations[DATA_GENERATION] ?? { train: 0, evaluate: 0 };
      generations[DATA_GENERATION] = { ...before, train: before.train + 1 };
    }
    return { ...record, generations, cancelled: undefined };
  });
  return { ok: true, note: `${said}${wanted.length > 0 ? ` for ${wanted.map((name) => code(name)).join(', ')}` : ''}` };
}
