/**
 * Globs whose matching takes time linear in pattern × path, whatever they are: both come from whoever opens a pull
 * request, and a regular expression made of `*a*a*a*` takes hours on a path of thousands of letters. `*` and `?` stay
 * within a segment, `**` as a whole segment stands for any number of them (at the end at least one: `a/**` is what lies in
 * a), `[a-z]` for one letter, `{a,b}` for either.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const patterns = expandBraces(glob).map((pattern): Step[] => {
    const steps = pattern.split('/').map(compileSegment);
    return steps.at(-1) === '**' ? [...steps, () => true] : steps;
  });
  return (path) => {
    const segments = path.split('/');
    return patterns.some((pattern) =>
      matchSequence(pattern, segments, (step, segment) => step !== '**' && step(segment)),
    );
  };
}

const MOST_ALTERNATIVES = 64;

type Step = '**' | ((segment: string) => boolean);
type Letter = '**' | ((letter: string) => boolean);

/** All readings of the braces, at most MOST_ALTERNATIVES; a brace without a comma or an end is itself. */
export function expandBraces(glob: string): string[] {
  let pending = [glob];
  const done: string[] = [];
  while (pending.length > 0 && done.length + pending.length <= MOST_ALTERNATIVES) {
    pending = pending.flatMap((pattern) => {
      const group = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
      if (!group) {
        done.push(pattern);
        return [];
      }
      const [before, after] = [pattern.slice(0, group.index), pattern.slice(group.index + group[0].length)];
      return group[1]!.split(',').map((choice) => `${before}${choice}${after}`);
    });
  }
  return [...done, ...pending];
}

function compileSegment(segment: string): Step {
  if (segment === '**') return '**';
  if (!/[*?[]/.test(segment)) return (text) => text === segment;
  const letters: Letter[] = [];
  for (let index = 0; index < segment.length; ) {
    const set = /^\[([^\]]+)\]/.exec(segment.slice(index));
    const letter = segment[index]!;
    if (letter === '*') letters.push('**');
    else if (letter === '?') letters.push(() => true);
    else letters.push(set ? letterSet(set[1]!) : (other) => other === letter);
    index += set ? set[0].length : 1;
  }
  return (text) => matchSequence(letters, text, (step, other) => step !== '**' && step(other));
}

function letterSet(set: string): (letter: string) => boolean {
  const ranges: [string, string][] = [];
  for (let index = 0; index < set.length; index++) {
    const isRange = set[index + 1] === '-' && index + 2 < set.length;
    ranges.push([set[index]!, isRange ? set[index + 2]! : set[index]!]);
    if (isRange) index += 2;
  }
  return (letter) => ranges.some(([low, high]) => low <= letter && letter <= high);
}

/** Steps against items, where the step `**` takes any number of items. Only the last `**` ever has to be tried again. */
function matchSequence<S>(
  steps: readonly S[],
  items: ArrayLike<string>,
  fits: (step: S, item: string) => boolean,
): boolean {
  let step = 0;
  let item = 0;
  let starStep = -1;
  let starItem = 0;
  while (item < items.length) {
    if (steps[step] === '**') {
      starStep = step++;
      starItem = item;
    } else if (step < steps.length && fits(steps[step]!, items[item]!)) {
      step++;
      item++;
    } else if (starStep >= 0) {
      step = starStep + 1;
      item = ++starItem;
    } else return false;
  }
  while (steps[step] === '**') step++;
  return step === steps.length;
}
