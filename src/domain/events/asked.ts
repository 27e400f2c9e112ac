import { payloadOf, repositoryOf } from './payload.ts';

/** A comment that a person just wrote; it may hold commands. */
export type CommentAsked = {
  repository: string;
  installationId: number;
  /** Of the issue or pull request. */
  number: number;
  onPull: boolean;
  commentId: number;
  body: string;
  /** By GitHub's clock, epoch ms: the delivery may come hours later. */
  writtenAt?: number;
  /** Login; what it may do is asked of GitHub. */
  by: string;
};

/** A button on a check run that somebody pressed. */
export type ActionAsked = {
  repository: string;
  installationId: number;
  checkRunId: number;
  checkName: string;
  /** The check's `external_id`: the key it was published under. */
  checkKey: string;
  sha: string;
  identifier: string;
  /** Pull requests of the commit as GitHub names them: none for forks. */
  pulls: number[];
  by: string;
};

export function commentAsked(event: string, payload: unknown): CommentAsked | undefined {
  const { action, comment, issue, installation, sender, ...rest } = payloadOf(payload);
  const repository = repositoryOf(rest);
  if (event !== 'issue_comment' || action !== 'created' || !repository) return undefined;
  if (!comment?.id || !issue?.number || !installation?.id || !sender?.login) return undefined;
  if (sender.type === 'Bot' || comment.user?.type === 'Bot') return undefined;
  const writtenAt = Date.parse(comment.created_at ?? '');
  return {
    repository,
    installationId: installation.id,
    number: issue.number,
    onPull: Boolean(issue.pull_request),
    commentId: comment.id,
    body: comment.body ?? '',
    ...(Number.isNaN(writtenAt) ? {} : { writtenAt }),
    by: sender.login,
  };
}

/** “Re-run” on a check counts as a button, too; its identifier is `rerequest`. */
export function actionAsked(event: string, payload: unknown): ActionAsked | undefined {
  const { action, check_run: run, requested_action: asked, installation, sender, ...rest } = payloadOf(payload);
  const repository = repositoryOf(rest);
  const identifier =
    action === 'rerequested' ? 'rerequest' : action === 'requested_action' ? asked?.identifier : undefined;
  if (event !== 'check_run' || !identifier || !repository) return undefined;
  if (!run?.id || !run.head_sha || !installation?.id || !sender?.login) return undefined;
  return {
    repository,
    installationId: installation.id,
    checkRunId: run.id,
    checkName: run.name ?? '',
    checkKey: run.external_id ?? '',
    sha: run.head_sha,
    identifier,
    pulls: (run.pull_requests ?? []).flatMap(({ number }) => (number ? [number] : [])),
    by: sender.login,
  };
}
