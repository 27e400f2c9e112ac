/** A version that is live and watched, days of production, and what people see of it. */
import { versionTag } from '../../src/domain/registry/tag.ts';
import { DAY, type DayKind, type FakeDay, fakeReference } from '../fakes/fake-drift-source.ts';
import { Crash } from '../fakes/faults.ts';
import { approvedBetter, smallShop } from './story.ts';
import { createFlowWorld, type FlowWorld, REPOSITORY } from './world.ts';

export const MONITOR = `${REPOSITORY}/bought-live`;
export const SPEC = 'monitors/bought-live.yaml';
const HOUR = 3_600_000;

/** v1.0.0 was trained, approved and merged, and nothing was asked of it yet. `change`: of the monitor's spec. */
export async function shipped(change = (text: string) => text): Promise<FlowWorld> {
  const { world, number, key } = await approvedBetter();
  await declare(world, { [SPEC]: change(smallShop()[SPEC]!) });
  world.github.mergePull(number);
  await world.look(key);
  await world.finish();
  return world;
}

/** The same, written down instead of played: the life of a monitor begins here. `more`: other files. */
export async function live(change = (text: string) => text, more: Record<string, string> = {}): Promise<FlowWorld> {
  const files = smallShop();
  const world = await createFlowWorld({ ...files, [SPEC]: change(files[SPEC]!), ...more });
  world.github.push('better', { 'README.md': '# A better shop\n' });
  const commit = world.github.mergePull(world.github.openPull('better'));
  await world.look(`branch:${REPOSITORY}@main`);
  await world.settle();
  const { models, datasets } = (await world.records.bases.get(REPOSITORY))!.repository!;
  const digest = await world.deps.artifacts.put('model');
  const referenceDigest = await world.deps.artifacts.put(JSON.stringify(fakeReference(2000)));
  const tag = { name: versionTag('bought', '1.0.0'), commit, message: 'bought 1.0.0' };
  await world.github.releases.createTag({ owner: 'acme', name: 'shop', installationId: 1 }, tag);
  await world.records.versions.update(`${REPOSITORY}/bought/1.0.0`, () => ({
    model: models.find(({ name }) => name === 'bought')!,
    dataset: datasets.find(({ name }) => name === 'bought')!,
    version: '1.0.0',
    commit,
    artifact: { digest, format: 'onnx', files: [{ path: 'model.onnx', digest, size: 5 }] },
    fingerprint: digest,
    evaluationDigest: digest,
    referenceDigest,
    registry: { reference: 'registry.example/bought:1.0.0', digest },
    releaseUrl: 'https://github.example/acme/shop/releases/tag/bought%401.0.0',
    pull: 1,
    createdAt: world.clock.now(),
  }));
  await world.records.rollouts.update(`${REPOSITORY}/bought-production`, () => ({
    current: '1.0.0',
    previous: [],
    applied: [],
    seen: ['1.0.0'],
    url: 'https://serve.example/bought-production',
  }));
  return world;
}

export async function declare(world: FlowWorld, files: Record<string, string>): Promise<void> {
  world.github.push('main', files);
  await world.look(`branch:${REPOSITORY}@main`);
  await world.settle();
}

/** Another monitor of the same deployment. */
export const another = (name: string, change = (text: string) => text): Record<string, string> => ({
  [`monitors/${name}.yaml`]: change(smallShop()[SPEC]!.replace('name: bought-live', `name: ${name}`)),
});

export const today = ({ clock }: FlowWorld): number => Math.floor(clock.now() / DAY);

/** One day after another of production, each looked at when it is over. */
export async function days(world: FlowWorld, ...kinds: (DayKind | 'none')[]): Promise<void> {
  for (const kind of kinds) {
    if (kind !== 'none') world.drift.add(today(world), kind);
    await pass(world, DAY);
  }
}

export async function pass(world: FlowWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await look(world);
}

export const hours = (count: number): number => count * HOUR;

/** All monitors there are look, and whatever comes of it is done. */
export async function look(world: FlowWorld): Promise<void> {
  const declared = (await world.records.bases.get(REPOSITORY))?.repository?.monitors ?? [];
  for (const { name } of declared) await world.look(`monitor:${REPOSITORY}/${name}`);
  await world.settle();
}

/** Late rows or labels of a day that is over. */
export function change(world: FlowWorld, day: number, more: Partial<FakeDay>): void {
  world.drift.days.set(day, { ...world.drift.days.get(day)!, ...more });
}

export async function ask(world: FlowWorld, number: number, body: string, by = 'author'): Promise<void> {
  await world.say(number, by, body);
  await world.settle();
}

/** As receiving Alertmanager's webhook leaves it. */
export async function externally(world: FlowWorld, status: 'firing' | 'resolved', fingerprint = 'f00d'): Promise<void> {
  const now = world.clock.now();
  const receive = () =>
    world.records.monitors.update(MONITOR, (record) => {
      const known = record?.alerts?.find((one) => one.fingerprint === fingerprint);
      const others = record?.alerts?.filter((one) => one !== known) ?? [];
      const alert = {
        fingerprint,
        name: 'ServingErrors',
        status,
        startsAt: status === 'resolved' && known ? known.startsAt : now,
        ...(status === 'resolved' ? { endsAt: now } : {}),
        labels: { severity: 'page' },
        annotations: { summary: '5 % of the requests fail' },
        url: 'https://prometheus.example/graph?g0.expr=errors',
      };
      return record && { ...record, alerts: [...others, alert] };
    });
  // Alertmanager posts again what was not answered.
  await receive().catch((error) => (error instanceof Crash ? receive() : Promise.reject(error)));
  await look(world);
}

export const issues = ({ github }: FlowWorld): string[] =>
  github.issueList.map(({ number, state, marker }) => `#${number} ${state} ${marker.replace(/\/\d+$/, '')}`);

/** `#issue kind`, as comments tell it. */
export const told = ({ github }: FlowWorld): string[] =>
  github.commentList
    .filter(({ marker }) => marker.startsWith('transition/'))
    .map(({ marker, number }) => `#${number} ${marker.split('/').slice(2, 4).join(' ')}`);

/** Every issue and every comment on one, as text. */
export function shownIssues({ github }: FlowWorld): string {
  const parts = github.issueList.map((issue) => {
    const people = `labels ${issue.labels.join(', ')}; assigned to ${issue.assignees.join(', ')}`;
    const comments = github.commentList
      .filter(({ number }) => number === issue.number)
      .map(({ body }) => `--- comment on #${issue.number}\n${body}`);
    return [`=== #${issue.number} (${issue.state}; ${people})\n# ${issue.title}`, issue.body, ...comments].join('\n\n');
  });
  return `${parts.join('\n\n')}\n`;
}
