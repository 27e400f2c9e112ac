/** Trials in few words. What is in it was written by people: it is escaped by whoever puts it into Markdown. */
import type { Json } from '../domain/json.ts';
import type { Sweep } from '../domain/spec/valid.ts';
import { figure } from './format.ts';

/** `depth=5, learningRate=0.03`, without the resource of a halving, which all of a rung share. */
export function paramsText(params: Record<string, Json>, sweep: Pick<Sweep, 'halving'>): string {
  return Object.entries(params)
    .filter(([name]) => name !== sweep.halving?.param)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(', ');
}

function valueText(value: Json): string {
  if (typeof value === 'number') return figure(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
