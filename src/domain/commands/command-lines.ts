/**
 * The lines of a comment that stand as plain text, numbered from 1. Quoted, fenced, indented and hidden text is left
 * out: whoever quotes a command does not give it. Blank lines are left out too.
 */
export function commandLines(body: string): { line: number; text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let fence: string | undefined;
  let quoted = false;
  let hidden = false;
  for (const [index, raw] of body.split(/\r\n|\r|\n/).entries()) {
    const text = raw.trim();
    if (fence !== undefined) {
      if (closes(text, fence)) fence = undefined;
      continue;
    }
    if (hidden) {
      hidden = !text.includes('-->');
      continue;
    }
    if (text === '') {
      quoted = false;
      continue;
    }
    if (text.startsWith('>')) quoted = true;
    // Markdown lets a quote run on until a blank line.
    if (quoted || isIndented(raw)) {
      lines.push({ line: index + 1, text: '' });
      continue;
    }
    fence = /^(`{3,}|~{3,})/.exec(text)?.[1];
    hidden = fence === undefined && text.startsWith('<!--') && !text.includes('-->');
    lines.push({ line: index + 1, text: fence === undefined && !text.startsWith('<!--') ? text : '' });
  }
  return lines;
}

function isIndented(line: string): boolean {
  return /^(?: {4}| {0,3}\t)/.test(line);
}

function closes(text: string, fence: string): boolean {
  return text.length >= fence.length && [...text].every((character) => character === fence[0]);
}
