import type { Command } from '../../domain/commands/command.ts';
import type { Monitor } from '../../domain/spec/valid.ts';
import type { RepositoryRef } from '../../ports/github.ts';
import { code } from '../../render/markdown.ts';
import { answerAll, type Carry, type Outcome } from '../command/answer-all.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';
import { askRollback } from '../rollout/ask-rollback.ts';
import { openRetrainPull } from './open-retrain-pull.ts';

/** Commands on an issue. Only issues of our monitors have any; on others nothing is answered. */
export async function reconcileIssue(
  deps: FlowDeps,
  records: Records,
  repository: string,
  number: number,
): Promise<Again> {
  const ref = await repositoryRef(records, repository);
  const found = (await records.monitors.list(`${repository}/`)).find((one) => one.value.issue?.number === number);
  const name = found?.id.slice(repository.length + 1);
  const monitor = (await records.bases.get(repository))?.repository?.monitors.find((one) => one.name === name);
  if (!ref || !monitor) return undefined;
  const carry: Carry = (command, asked) => carryOut(deps, records, ref, repository, monitor, command, asked);
  await answerAll(deps, records, ref, `${repository}#${number}`, number, carry, async () => {});
  await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name: monitor.name }));
  return undefined;
}

async function carryOut(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  repository: string,
  monitor: Monitor,
  command: Command,
  asked: Parameters<Carry>[1],
): Promise<Outcome> {
  switch (command.name) {
    case 'help':
      return { ok: true, note: '' };
    case 'retrain': {
      const { from, to, ...others } = command.params;
      const unknown = Object.keys(others);
      if (unknown.length > 0)
        return {
          ok: false,
          reason: `${unknown.map((key) => code(key)).join(', ')}: on a drift issue ${code('/retrain')} takes ${code('from=')} and ${code('to=')} only`,
        };
      const pull = await openRetrainPull(deps, records, ref, repository, monitor, {
        id: asked.id,
        from: from === undefined ? undefined : String(from),
        to: to === undefined ? undefined : String(to),
      });
      return { ok: true, note: `#${pull.number}` };
    }
    case 'rollback':
      return askRollback(deps, records, repository, command, asked);
    default:
      return {
        ok: false,
        reason: `${code(`/${command.name}`)} belongs on a pull request; here there are ${code('/retrain')} and ${code('/rollback')}`,
      };
  }
}
