import { count } from '../format.ts';
import { code, codeBlock, escapeText, fold, plainLine, table } from '../markdown.ts';
import type { Block, Span, Table, Text } from './document.ts';

/** How much is written: rows of a table or list, and folded parts; the rest is counted. */
export type Extent = { rows: number; folds: number };

export type MarkdownParts = {
  /** Addresses of pictures by name; one that has none is left out. */
  pictures: ReadonlyMap<string, string>;
  /** Where everything is. */
  fullReport?: string;
};

/** A sentence of ours: data of any length has a limit of its own. */
const LONGEST = 2000;
/** Of lines that are shown as they are. */
const WIDEST = 400;

export function blocksToMarkdown(blocks: readonly Block[], extent: Extent, parts: MarkdownParts): string {
  let folds = 0;
  const written = blocks.map((block) => {
    if (block.kind === 'fold' && ++folds > extent.folds) return '';
    return blockToMarkdown(block, extent, parts);
  });
  const left = folds - extent.folds;
  return [...written, left > 0 ? leftOut(left, 'part', parts) : ''].filter(Boolean).join('\n\n');
}

export function textToMarkdown(text: Text): string {
  return Array.isArray(text) ? text.map((span) => spanToMarkdown(span)).join('') : spanToMarkdown(text as Span);
}

function blockToMarkdown(block: Block, extent: Extent, parts: MarkdownParts): string {
  switch (block.kind) {
    case 'text':
      return textToMarkdown(block.text);
    case 'note':
      return `> ${textToMarkdown(block.text)}`;
    case 'list': {
      const shown = block.items.slice(0, extent.rows).map((item) => `- ${textToMarkdown(item)}`);
      const left = block.items.length - shown.length;
      return [shown.join('\n'), left > 0 ? leftOut(left, block.what, parts) : ''].filter(Boolean).join('\n\n');
    }
    case 'table':
      return tableToMarkdown(block, extent, parts);
    case 'picture': {
      const url = parts.pictures.get(block.name);
      return url === undefined ? '' : `![${escapeText(block.alt)}](${address(url)})`;
    }
    case 'lines': {
      const shown = block.lines.slice(0, extent.rows).map((line) => plainLine(line, WIDEST));
      const left = block.lines.length - shown.length;
      return [shown.length > 0 ? codeBlock(shown.join('\n')) : '', left > 0 ? leftOut(left, block.what, parts) : '']
        .filter(Boolean)
        .join('\n\n');
    }
    case 'fold': {
      const body = blocksToMarkdown(block.blocks, extent, parts);
      return body === '' ? '' : fold(block.summary, body);
    }
  }
}

function tableToMarkdown(block: Table, extent: Extent, parts: MarkdownParts): string {
  const shown = block.rows.slice(0, extent.rows);
  const left = block.rows.length - shown.length;
  const align = block.columns.map((column) => column.align[0]).join('');
  const written = table(
    block.columns.map((column) => textToMarkdown(column.name)),
    shown.map(cellsOf),
    align,
  );
  return [shown.length > 0 ? written : '', left > 0 ? leftOut(left, block.what, parts) : '']
    .filter(Boolean)
    .join('\n\n');
}

/** A row is escaped once, however often the table is written to see whether it fits. */
const cells = new WeakMap<readonly Text[], string[]>();

function cellsOf(row: readonly Text[]): string[] {
  const known = cells.get(row);
  if (known !== undefined) return known;
  const made = row.map(textToMarkdown);
  cells.set(row, made);
  return made;
}

function spanToMarkdown(span: Span): string {
  if (typeof span === 'string') return sentence(span);
  if ('code' in span) return code(span.code);
  if ('strong' in span) return `**${escapeText(span.strong)}**`;
  if ('figure' in span) return span.figure;
  if ('text' in span) return escapeText(span.text, span.limit);
  return `[${escapeText(span.link)}](${address(span.to)})`;
}

/** What `escapeText` would trim or take for the start of a line is inside one. */
function sentence(span: string): string {
  const inner = span.trim();
  if (inner === '') return span === '' ? '' : ' ';
  return `${/^\s/.test(span) ? ' ' : ''}${escapeText(inner, LONGEST)}${/\s$/.test(span) ? ' ' : ''}`;
}

function leftOut(left: number, what: string, { fullReport }: MarkdownParts): string {
  const many = `${count(left)} more ${what}${left === 1 ? '' : 's'}`;
  return fullReport === undefined
    ? `_${many}: too much for this place._`
    : `_${many} in the [full report](${address(fullReport)})._`;
}

function address(url: string): string {
  return url.replace(/[\s()<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
