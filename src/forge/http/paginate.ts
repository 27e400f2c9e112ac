import { apiUrl } from '../objects/urls.ts';
import { integer } from './input.ts';
import type { Call, Reply } from './route.ts';

export type PageOfItems<T> = { items: T[]; headers: Record<string, string> };

/** The page that was asked for (30 a page unless asked otherwise, 100 at most) with the Link header to the others. */
export const paginate = <T>(call: Call, all: T[], defaultSize = 30): PageOfItems<T> => {
  const size = Math.min(Math.max(integer(call.query.get('per_page'), defaultSize), 1), 100);
  const page = Math.max(integer(call.query.get('page'), 1), 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (number: number, rel: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(number));
    return `<${apiUrl(call.world.state)}${call.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
};

export const listReply = async <T>(
  call: Call,
  all: T[],
  show: (item: T) => unknown,
  wrap: (items: unknown[]) => unknown = (items) => items,
): Promise<Reply> => {
  const { items, headers } = paginate(call, all);
  return { status: 200, body: wrap(await Promise.all(items.map(show))), headers };
};
