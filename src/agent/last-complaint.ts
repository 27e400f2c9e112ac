/**
 * The one line of stderr that says what went wrong: the last that names an error (Python ends with it, Node puts a stack
 * and its version behind it), else the last one.
 */
export function createComplaintFinder(): { see(line: string): void; found(): string } {
  let last = '';
  let named = '';
  return {
    see(line) {
      const text = line.trim();
      if (text === '' || /^at .+:\d+\)?$/.test(text) || /^Node\.js v\d/.test(text)) return;
      last = text;
      if (/^(?:Uncaught )?[\w.]*(?:Error|Exception)\b/.test(text)) named = text;
    },
    found: () => (named || last).slice(0, 500),
  };
}
