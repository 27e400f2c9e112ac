/** `**` is any text, `*` and `?` stay inside one part of the path. */
export const globToRegex = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*\*\/?/g, '\0')
      .replace(/\*/g, '[^/]*')
      .replace(/\?/g, '[^/]')
      .replaceAll('\0', '(?:.*/)?')
      .replace(/\(\?:\.\*\/\)\?$/, '.*')}$`,
  );

/** Whether the last pattern that fits a name lets it in (`!` keeps out), as branch and path filters work. */
export const passesFilter = (patterns: string[], name: string): boolean => {
  let isIn = false;
  for (const pattern of patterns) {
    const negative = pattern.startsWith('!');
    if (globToRegex(negative ? pattern.slice(1) : pattern).test(name)) isIn = !negative;
  }
  return isIn;
};
