/** A report as lines of a terminal. Not escaped: whoever prints it makes it printable. */
import type { Block, Span, Table, Text } from './document.ts';

export function blocksToText(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block, at) => [...(at > 0 ? [''] : []), ...blockToText(block)]);
}

export function textToPlain(text: Text): string {
  return Array.isArray(text) ? text.map((span) => plainSpan(span)).join('') : plainSpan(text as Span);
}

function blockToText(block: Block): string[] {
  switch (block.kind) {
    case 'text':
    case 'note':
      return [textToPlain(block.text)];
    case 'list':
      return block.items.map((item) => `- ${textToPlain(item)}`);
    case 'table':
      return tableToText(block);
    case 'lines':
      return block.lines;
    case 'picture':
      return [block.alt];
    case 'fold':
      return [`${block.summary}:`, ...blocksToText(block.blocks).map((line) => (line === '' ? '' : `  ${line}`))];
  }
}

/** Columns stand below each other; numbers at the right. */
export function tableToText({ columns, rows }: Table): string[] {
  const cells = [columns.map(({ name }) => textToPlain(name)), ...rows.map((row) => row.map(textToPlain))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => width(row[at] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, at) => {
        const pad = ' '.repeat(Math.max(0, (widths[at] as number) - width(cell)));
        return columns[at]?.align === 'right' ? `${pad}${cell}` : `${cell}${pad}`;
      })
      .join('  ')
      .trimEnd(),
  );
}

function plainSpan(span: Span): string {
  if (typeof span === 'string') return span;
  if ('code' in span) return span.code;
  if ('strong' in span) return span.strong;
  if ('figure' in span) return span.figure;
  return 'text' in span ? span.text : span.link;
}

/** Emoji take two columns of a terminal. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (/\p{Emoji_Presentation}/u.test(character) ? 2 : 1), 0);
}
