import type { ActionAsked, CommentAsked } from '../domain/events/asked.ts';

/**
 * What people ask through GitHub. Called before the delivery counts as handled, so possibly twice after a crash, and
 * twice where somebody replays a webhook under another GUID: keep what was asked under the comment's id.
 */
export type InboxHandlers = {
  onComment(comment: CommentAsked): Promise<void>;
  /** `delivery`: GUID, the same for every attempt; `pulls` include those of forks. */
  onAction(action: ActionAsked & { delivery: string }): Promise<void>;
  /** Repositories came, went or were renamed. */
  onInstallationsChanged(): Promise<void>;
};
