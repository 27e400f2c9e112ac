import { AppError } from '../domain/errors.ts';

/** What a reconcile key names. The one place that writes and reads keys. */
export type Key =
  | { kind: 'pull'; repository: string; number: number }
  | { kind: 'issue'; repository: string; number: number }
  | { kind: 'branch'; repository: string; branch: string }
  | { kind: 'job'; id: string }
  | { kind: 'rollout'; repository: string; name: string }
  | { kind: 'monitor'; repository: string; name: string };

export function formatKey(key: Key): string {
  switch (key.kind) {
    case 'pull':
    case 'issue':
      return `${key.kind}:${key.repository}#${key.number}`;
    case 'branch':
      return `branch:${key.repository}@${key.branch}`;
    case 'job':
      return `job:${key.id}`;
    case 'rollout':
    case 'monitor':
      return `${key.kind}:${key.repository}/${key.name}`;
  }
}

const REPOSITORY = '[^/#@:]+/[^/#@:]+';

export function parseKey(text: string): Key {
  const numbered = new RegExp(`^(pull|issue):(${REPOSITORY})#(\\d+)$`).exec(text);
  if (numbered) {
    return { kind: numbered[1] as 'pull' | 'issue', repository: numbered[2]!, number: Number(numbered[3]) };
  }
  const branch = new RegExp(`^branch:(${REPOSITORY})@(.+)$`).exec(text);
  if (branch) return { kind: 'branch', repository: branch[1]!, branch: branch[2]! };
  const job = /^job:(.+)$/.exec(text);
  if (job) return { kind: 'job', id: job[1]! };
  const named = new RegExp(`^(rollout|monitor):(${REPOSITORY})/([^/]+)$`).exec(text);
  if (named) return { kind: named[1] as 'rollout' | 'monitor', repository: named[2]!, name: named[3]! };
  throw new AppError('bug/invariant', `Not a reconcile key: ${text}`);
}
