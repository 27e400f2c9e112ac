import type { Section } from './document.ts';
import { blocksToMarkdown, type Extent, type MarkdownParts, textToMarkdown } from './to-markdown.ts';

/** From nothing but counts to everything. */
const EXTENTS: readonly Extent[] = [
  { rows: 0, folds: 0 },
  { rows: 3, folds: 0 },
  { rows: 10, folds: 1 },
  { rows: 10, folds: 8 },
  { rows: 30, folds: 8 },
  { rows: 30, folds: Number.POSITIVE_INFINITY },
  { rows: 100, folds: Number.POSITIVE_INFINITY },
  { rows: Number.POSITIVE_INFINITY, folds: Number.POSITIVE_INFINITY },
];

/**
 * Sections in their order within `limit` bytes. All begin in their shortest form; then they grow in turns, those of
 * higher priority first, as long as there is room: none is long while another is short for want of it. Nothing is cut
 * in the middle; what is left out is counted where it would stand.
 */
export function composeMarkdown(sections: readonly Section[], limit: number, parts: MarkdownParts): string {
  const filled = sections.filter((section) => section.blocks.length > 0);
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
  return filled
    .map((section) => written.get(section))
    .filter(Boolean)
    .join('\n\n');
}

function write(section: Section, extent: Extent, parts: MarkdownParts): string {
  const body = blocksToMarkdown(section.blocks, extent, parts);
  return body === '' || section.title === '' ? body : `### ${textToMarkdown(section.title)}\n\n${body}`;
}

/** In bytes, with the blank line after it: where GitHub counts characters this is the stricter. */
function size(form: string): number {
  return Buffer.byteLength(form) + 2;
}
