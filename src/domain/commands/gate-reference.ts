import { isName, quote } from './names.ts';

/** Which of a model's gates is meant: its number in the table of gates, from 1, or (part of) how it is shown there. */
export type GateReference = { number: number } | { text: string };

export type ModelAndRest = { ok: true; model: string; rest: string } | { ok: false; error: string };

const LONGEST_TEXT = 100;

/** The first word, which has to be the name of a model, and what follows it. */
export function takeModel(text: string, command: string): ModelAndRest {
  const [model = ''] = text.split(/\s/, 1);
  if (model === '') return { ok: false, error: `${command} needs the name of a model` };
  if (!isName(model)) return { ok: false, error: `${quote(model)} is no model name` };
  return { ok: true, model, rest: text.slice(model.length).trim() };
}

/** The gate at the beginning, and what follows it: a number, "some words of its text", or one word of it. */
export function takeGate(text: string): { ok: true; gate: GateReference; rest: string } | { ok: false; error: string } {
  const [, quoted] = /^["“]([^"“”]*)["”]/.exec(text) ?? [];
  if (quoted !== undefined) {
    const wanted = quoted.trim();
    const rest = text.slice(quoted.length + 2).trim();
    if (wanted === '' || wanted.length > LONGEST_TEXT) {
      return { ok: false, error: `the text of a gate has 1 to ${LONGEST_TEXT} characters` };
    }
    return { ok: true, gate: { text: wanted }, rest };
  }
  const [word = ''] = text.split(/\s/, 1);
  const rest = text.slice(word.length).trim();
  if (/^#?\d{1,4}$/.test(word)) return { ok: true, gate: { number: Number(word.replace('#', '')) }, rest };
  if (word === '' || word.length > LONGEST_TEXT) return { ok: false, error: 'the number of a gate is missing' };
  return { ok: true, gate: { text: word }, rest };
}

export type FoundGate = { ok: true; index: number } | { ok: false; why: 'none' | 'several' };

/** `shown`: the gates' texts as the table has them. A text that is one gate's whole text means that one. */
export function findGate(reference: GateReference, shown: readonly string[]): FoundGate {
  if ('number' in reference) {
    const index = reference.number - 1;
    return index >= 0 && index < shown.length ? { ok: true, index } : { ok: false, why: 'none' };
  }
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
  const wanted = plain(reference.text);
  const whole = indicesOf(shown, (text) => plain(text) === wanted);
  const found = whole.length > 0 ? whole : indicesOf(shown, (text) => plain(text).includes(wanted));
  if (found.length === 1) return { ok: true, index: found[0]! };
  return { ok: false, why: found.length === 0 ? 'none' : 'several' };
}

function indicesOf(texts: readonly string[], matches: (text: string) => boolean): number[] {
  return texts.flatMap((text, index) => (matches(text) ? [index] : []));
}
