/** A pattern of a location, cut into what is walked folder by folder and what whole paths are compared with. */
export type Glob = {
  /** Folders before the first wildcard, '' or with a slash at the end. */
  base: string;
  /** Segments below `base` as expressions, up to the first that holds a `**`. */
  segments: RegExp[];
  /** Whether it holds a `**`: everything below those segments may match. */
  deep: boolean;
  matches(path: string): boolean;
};

/** `*`: anything within one segment; `**`: anything, slashes too (`**` + `/`: also nothing). All else is meant literally. */
export function parseGlob(pattern: string): Glob {
  const parts = pattern.split('/');
  const literal = parts.findIndex((part) => part.includes('*'));
  const base = (literal < 0 ? parts.slice(0, -1) : parts.slice(0, literal)).map((part) => `${part}/`).join('');
  const rest = pattern.slice(base.length).split('/');
  const deepAt = rest.findIndex((part) => part.includes('**'));
  const whole = expression(pattern);
  return {
    base,
    segments: (deepAt < 0 ? rest : rest.slice(0, deepAt)).map(expression),
    deep: deepAt >= 0,
    matches: (path) => whole.test(path),
  };
}

function expression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[.+?^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    return found === '*' ? '[^/]*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}
