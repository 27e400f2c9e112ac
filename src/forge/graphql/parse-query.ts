/** A GraphQL document, as much of the language as clients of GitHub's API use (no subscriptions, no type system). */
export type Value =
  | { kind: 'literal'; value: unknown }
  | { kind: 'variable'; name: string }
  | { kind: 'list'; items: Value[] }
  | { kind: 'object'; fields: Record<string, Value> };

export type Directive = { name: string; args: Record<string, Value> };

export type Selection =
  | {
      kind: 'field';
      name: string;
      alias: string;
      args: Record<string, Value>;
      directives: Directive[];
      selections: Selection[] | undefined;
    }
  | { kind: 'inline'; on: string | undefined; directives: Directive[]; selections: Selection[] }
  | { kind: 'spread'; name: string; directives: Directive[] };

export type Operation = {
  type: 'query' | 'mutation';
  name: string | undefined;
  variables: { name: string; required: boolean; fallback: Value | undefined }[];
  selections: Selection[];
};

export type Document = {
  operations: Operation[];
  fragments: Record<string, { on: string; selections: Selection[] }>;
};

export class QueryError extends Error {}

const tokenPattern =
  /"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[_A-Za-z]\w*|\.\.\.|[!$():=@[\]{}|&]/gs;

const tokenize = (text: string): string[] => {
  const withoutComments = text.replace(/"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/gs, (part) =>
    part.startsWith('#') ? '' : part,
  );
  const left = withoutComments.replace(tokenPattern, '').replace(/[\s,\uFEFF]/g, '');
  if (left) throw new QueryError(`Parse error on "${left.slice(0, 20)}" (error)`);
  return withoutComments.match(tokenPattern) ?? [];
};

export const parseQuery = (text: string): Document => {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const next = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new QueryError('Unexpected end of document');
    at += 1;
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted) throw new QueryError(`Expected "${wanted}", actual: "${token}"`);
  };
  const accept = (wanted: string): boolean => {
    if (peek() !== wanted) return false;
    at += 1;
    return true;
  };

  const value = (): Value => {
    const token = next();
    if (token === '$') return { kind: 'variable', name: next() };
    if (token === '[') {
      const items: Value[] = [];
      while (!accept(']')) items.push(value());
      return { kind: 'list', items };
    }
    if (token === '{') {
      const fields: Record<string, Value> = {};
      while (!accept('}')) {
        const name = next();
        expect(':');
        fields[name] = value();
      }
      return { kind: 'object', fields };
    }
    if (token.startsWith('"""')) return { kind: 'literal', value: token.slice(3, -3).trim() };
    if (token.startsWith('"')) return { kind: 'literal', value: JSON.parse(token) };
    if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
    const words: Record<string, unknown> = { true: true, false: false, null: null };
    return { kind: 'literal', value: token in words ? words[token] : token };
  };
  const args = (): Record<string, Value> => {
    const found: Record<string, Value> = {};
    if (!accept('(')) return found;
    while (!accept(')')) {
      const name = next();
      expect(':');
      found[name] = value();
    }
    return found;
  };
  const directives = (): Directive[] => {
    const found: Directive[] = [];
    while (accept('@')) found.push({ name: next(), args: args() });
    return found;
  };
  const selection = (): Selection => {
    if (!accept('...')) {
      const first = next();
      const name = accept(':') ? next() : first;
      const field = { kind: 'field' as const, name, alias: first, args: args(), directives: directives() };
      return { ...field, selections: peek() === '{' ? selections() : undefined };
    }
    if (peek() === 'on' || peek() === '{' || peek() === '@') {
      const on = accept('on') ? next() : undefined;
      return { kind: 'inline', on, directives: directives(), selections: selections() };
    }
    return { kind: 'spread', name: next(), directives: directives() };
  };
  const selections = (): Selection[] => {
    const found: Selection[] = [];
    expect('{');
    while (!accept('}')) found.push(selection());
    return found;
  };
  const type = (): boolean => {
    if (accept('[')) {
      type();
      expect(']');
    } else next();
    return accept('!');
  };
  const variables = (): Operation['variables'] => {
    const found: Operation['variables'] = [];
    if (!accept('(')) return found;
    while (!accept(')')) {
      expect('$');
      const name = next();
      expect(':');
      const required = type();
      found.push({ name, required, fallback: accept('=') ? value() : undefined });
    }
    return found;
  };

  const document: Document = { operations: [], fragments: {} };
  while (peek() !== undefined) {
    if (peek() === '{') {
      document.operations.push({ type: 'query', name: undefined, variables: [], selections: selections() });
      continue;
    }
    const word = next();
    if (word === 'fragment') {
      const name = next();
      expect('on');
      document.fragments[name] = { on: next(), selections: selections() };
    } else if (word === 'query' || word === 'mutation') {
      const name = peek() === '(' || peek() === '{' ? undefined : next();
      document.operations.push({ type: word, name, variables: variables(), selections: selections() });
    } else throw new QueryError(`Parse error on "${word}"`);
  }
  return document;
};
