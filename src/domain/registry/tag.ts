import { MAX_NAME_LENGTH, NAME_PATTERN } from '../spec/valid.ts';
import { isVersion } from './version.ts';

/**
 * Tags of GTO's grammar, `<name>(((#<stage>|@v<semver>)!?)|@(deprecated|created))(#<counter>)?`. `revoked` (`!`): the
 * version is withdrawn or the stage left. `counter` orders events of one kind.
 */
export type RegistryTag =
  | { kind: 'version'; model: string; version: string; revoked: boolean; counter?: number }
  | { kind: 'stage'; model: string; stage: string; revoked: boolean; counter?: number }
  | { kind: 'deprecated' | 'created'; model: string; counter?: number };

const GTO = /^([^#@!]+)(?:(?:#([^#@!]+)|@v([^#@!]+))(!)?|@(deprecated|created))(?:#([1-9]\d{0,8}))?$/;

/** Undefined for a tag that is none of ours. */
export function parseTag(tag: string): RegistryTag | undefined {
  const match = GTO.exec(tag);
  if (!match) return undefined;
  const [, model = '', stage, version, mark, event, count] = match;
  if (!isName(model) || (stage !== undefined && !isName(stage))) return undefined;
  const counter = count === undefined ? {} : { counter: Number(count) };
  if (event !== undefined) return { kind: event as 'deprecated' | 'created', model, ...counter };
  const revoked = mark === '!';
  if (stage !== undefined) return { kind: 'stage', model, stage, revoked, ...counter };
  return version !== undefined && isVersion(version)
    ? { kind: 'version', model, version, revoked, ...counter }
    : undefined;
}

/** `flight-delay@v1.2.0` */
export function versionTag(model: string, version: string): string {
  return `${model}@v${version}`;
}

/** `flight-delay#production#3` */
export function stageTag(model: string, stage: string, counter: number): string {
  return `${model}#${stage}#${counter}`;
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(text);
}
