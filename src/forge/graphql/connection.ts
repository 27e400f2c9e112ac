import { FieldError, type Node } from './execute-query.ts';

const integerOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** A list in GitHub's cursor form. One of `first` and `last` must be given, 100 at most. */
export const connection = (name: string, all: unknown[], args: Record<string, unknown>): Node => {
  const first = integerOf(args.first);
  const last = integerOf(args.last);
  if (first === undefined && last === undefined) {
    throw new FieldError(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  if ((first ?? last ?? 0) > 100) {
    throw new FieldError(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first ?? last} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  }
  const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString('base64');
  const indexOf = (cursor: unknown): number =>
    typeof cursor === 'string' ? Number(Buffer.from(cursor, 'base64').toString().split(':')[1]) : -1;
  const after = indexOf(args.after) + 1;
  const start = first === undefined ? Math.max(all.length - (last ?? 0), 0) : after;
  const end = first === undefined ? all.length : Math.min(after + first, all.length);
  const nodes = all.slice(start, end);
  return {
    __typename: `${name}Connection`,
    totalCount: all.length,
    nodes,
    edges: nodes.map((node, at) => ({ __typename: `${name}Edge`, node, cursor: cursorOf(start + at) })),
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursorOf(start) : null,
      endCursor: nodes.length > 0 ? cursorOf(end - 1) : null,
    },
  };
};
