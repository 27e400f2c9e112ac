/** A report as data. It is written as Markdown, folded to fit GitHub's limits, or as a page with everything in it. */

/** A string is plain text, whatever it holds: the writers escape it. */
export type Span =
  | string
  | { code: string }
  | { strong: string }
  /** Digits, signs and units that we made: nothing in it needs escaping. */
  | { figure: string }
  /** Plain text of which Markdown shows at most this many characters, a page all. */
  | { text: string; limit: number }
  | { link: string; to: string };

export type Text = Span | readonly Span[];

export type Column = { name: Text; align: 'left' | 'right' };

export type Table = {
  kind: 'table';
  /** What it is a table of, for those who do not see it. */
  caption: string;
  /** One of its rows: `slice`. */
  what: string;
  columns: Column[];
  /** Most important first: a short form keeps the first ones. The first cell names the row. */
  rows: Text[][];
};

export type Block =
  | { kind: 'text'; text: Text }
  | { kind: 'note'; text: Text }
  /** Most important first. */
  | { kind: 'list'; what: string; items: Text[] }
  | Table
  | { kind: 'picture'; name: string; alt: string }
  /** Lines as they are, each letter as wide as the next: a picture for where pictures are not shown. */
  | { kind: 'lines'; what: string; lines: string[] }
  | { kind: 'fold'; summary: string; blocks: Block[] };

export type Section = {
  /** Anchor on a page. */
  id: string;
  /** Empty: none is shown. */
  title: Text;
  /** The larger, the later it is shortened. */
  priority: number;
  blocks: Block[];
};

export const text = (...spans: Span[]): Block => ({ kind: 'text', text: spans });
export const note = (...spans: Span[]): Block => ({ kind: 'note', text: spans });
export const fold = (summary: string, ...blocks: Block[]): Block => ({ kind: 'fold', summary, blocks });

/** The first rows in sight, the rest folded. */
export function headed(whole: Table, shown: number): Block[] {
  if (whole.rows.length === 0) return [];
  if (whole.rows.length <= shown) return [whole];
  const rest = whole.rows.slice(shown);
  const many = rest.length === 1 ? whole.what : `${whole.what}s`;
  return [
    { ...whole, rows: whole.rows.slice(0, shown) },
    fold(`${rest.length.toLocaleString('en-US')} more ${many}`, { ...whole, rows: rest }),
  ];
}
