import type { ForgeState, Reaction, ReactionContent } from '../state.ts';
import { nodeId } from '../world.ts';
import { userObject } from './user.ts';

const contents: ReactionContent[] = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];

export const isReactionContent = (value: unknown): value is ReactionContent =>
  contents.includes(value as ReactionContent);

/** The counts that stand on whatever can be reacted to. */
export const reactionCounts = (url: string, reactions: Reaction[]): Record<string, unknown> => ({
  url: `${url}/reactions`,
  total_count: reactions.length,
  ...Object.fromEntries(
    contents.map((content) => [content, reactions.filter((reaction) => reaction.content === content).length]),
  ),
});

export const reactionObject = (state: ForgeState, reaction: Reaction): Record<string, unknown> => ({
  id: reaction.id,
  node_id: nodeId('Reaction', reaction.id),
  user: userObject(state, reaction.login),
  content: reaction.content,
  created_at: reaction.createdAt,
});
