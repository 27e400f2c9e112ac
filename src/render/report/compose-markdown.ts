import type { Block, Section } from './document.ts';
import { blocksToMarkdown, type Extent, type MarkdownParts, textToMarkdown } from './to-markdown.ts';

const EVERYTHING: Extent = { rows: Number.POSITIVE_INFINITY, folds: Number.POSITIVE_INFINITY };

/** From nothing but counts to everything. */
const EXTENTS: readonly Extent[] = [
  { rows: 0, folds: 0 },
  { rows: 3, folds: 0 },
  { rows: 10, folds: 1 },
  { rows: 10, folds: 8 },
  { rows: 30, folds: 8 },
  { rows: 30, folds: Number.POSITIVE_INFINITY },
  { rows: 100, folds: Number.POSITIVE_INFINITY },
  EVERYTHING,
];

/**
 * Sections in their order within `limit` bytes: whole where there is room for all. Otherwise all begin in their shortest form; then they grow in turns, those of
 * higher priority first, as long as there is room: none is long while another is short for want of it. Nothing is cut
 * in the middle; what is left out is counted where it would stand.
 */
export function composeMarkdown(sections: readonly Section[], limit: number, parts: MarkdownParts): string {
  const filled = sections.filter((section) => section.blocks.length > 0);
  const whole = wholeWithin(filled, limit, parts);
  if (whole !== undefined) return join(whole);
  const written = new Map(filled.map((section) => [section, write(section, EXTENTS[0] as Extent, parts)]));
  let room = limit - [...written.values()].reduce((sum, form) => sum + size(form), 0);
  const growing = new Set([...filled].sort((a, b) => b.priority - a.priority));
  for (const extent of EXTENTS.slice(1)) {
    for (const section of growing) {
      const form = write(section, extent, parts);
      const more = size(form) - size(written.get(section) as string);
      if (more > room) {
        growing.delete(section);
        continue;
      }
      written.set(section, form);
      room -= more;
    }
  }
  return join(filled.map((section) => written.get(section) as string));
}

/** Undefined as soon as it is known that they are too long. */
function wholeWithin(sections: readonly Section[], limit: number, parts: MarkdownParts): string[] | undefined {
  const blocks = sections.flatMap((section) => section.blocks);
  if (leastBytes(blocks) > limit) return undefined;
  const forms: string[] = [];
  let room = limit;
  for (const section of sections) {
    const form = write(section, EVERYTHING, parts);
    room -= size(form);
    if (room < 0) return undefined;
    forms.push(form);
  }
  return forms;
}

/** Of tables alone, were their cells empty: without writing anything. */
function leastBytes(blocks: readonly Block[]): number {
  let bytes = 0;
  for (const block of blocks) {
    if (block.kind === 'fold') bytes += leastBytes(block.blocks);
    if (block.kind === 'table') bytes += block.rows.length * (3 * block.columns.length + 1);
  }
  return bytes;
}

const join = (forms: readonly string[]) => forms.filter((form) => form !== '').join('\n\n');

function write(section: Section, extent: Extent, parts: MarkdownParts): string {
  const body = blocksToMarkdown(section.blocks, extent, parts);
  return body === '' || section.title === '' ? body : `### ${textToMarkdown(section.title)}\n\n${body}`;
}

/** In bytes, with the blank line after it: where GitHub counts characters this is the stricter. */
function size(form: string): number {
  return Buffer.byteLength(form) + 2;
}
