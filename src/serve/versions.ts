import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Model } from '../domain/spec/valid.ts';
import type { LoadedModel, ModelRuntime } from '../ports/model-runtime.ts';
import { type ServeState, type StateVersion, saveState } from './state.ts';

/** A version that is loaded. Counts are since the desired state last changed. */
export type Slot = StateVersion & { loaded: LoadedModel; requests: number; errors: number };

export type Versions = {
  state(): ServeState | undefined;
  slots(): Slot[];
  /** Why a version of the newest desired state is not served, by version. */
  failures(): Record<string, string>;
  /** Loads what is new, then switches; AppError config/model-invalid leaves everything as it was. */
  apply(state: ServeState): Promise<void>;
  /** After a restart: serves as much of the state as can be loaded. */
  restore(state: ServeState): Promise<void>;
  /** The version that answers this key; always the same one while the split stays. `wanted`: exactly that one. */
  pick(model: string, key: string, wanted?: string): Slot;
  /** Runs with the guarantee that the model stays loaded meanwhile. */
  use<T>(slot: Slot, work: (model: LoadedModel) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export function createVersions(folder: string, runtime: ModelRuntime): Versions {
  let state: ServeState | undefined;
  let slots: Slot[] = [];
  let failures: Record<string, string> = {};
  let changing: Promise<unknown> = Promise.resolve();
  const inFlight = new Map<LoadedModel, number>();
  const retired = new Set<LoadedModel>();

  function load(entry: StateVersion): Promise<LoadedModel> {
    const { model } = entry;
    return runtime.load({
      folder: path.resolve(folder, entry.folder),
      path: model.artifact.path,
      format: model.artifact.format,
      signature: model.signature,
      task: model.task,
    });
  }

  function exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = changing.then(task);
    changing = run.catch(() => undefined);
    return run;
  }

  async function retire(models: LoadedModel[]) {
    for (const model of models) {
      if ((inFlight.get(model) ?? 0) > 0) retired.add(model);
      else await model.close();
    }
  }

  async function change(next: ServeState, partly: boolean) {
    failures = {};
    if (!partly && JSON.stringify(next) === JSON.stringify(state) && next.versions.length === slots.length) return;
    const loaded: Slot[] = [];
    const fresh: LoadedModel[] = [];
    for (const entry of next.versions) {
      const same = slots.find(
        (slot) => slot.version === entry.version && slot.folder === entry.folder && sameModel(slot.model, entry.model),
      );
      try {
        const model = same?.loaded ?? (await load(entry));
        if (!same) fresh.push(model);
        loaded.push({ ...entry, loaded: model, requests: 0, errors: 0 });
      } catch (error) {
        failures[entry.version] = error instanceof Error ? error.message : String(error);
        if (partly) continue;
        for (const model of fresh) await model.close();
        throw error;
      }
    }
    if (!partly) await saveState(folder, next);
    const keep = new Set(loaded.map((slot) => slot.loaded));
    const gone = slots.map((slot) => slot.loaded).filter((model) => !keep.has(model));
    state = next;
    slots = loaded;
    await retire(gone);
  }

  return {
    state: () => state,
    slots: () => slots,
    failures: () => failures,
    apply: (next) => exclusive(() => change(next, false)),
    restore: (next) => exclusive(() => change(next, true)),
    pick(model, key, wanted) {
      const candidates = slots.filter((slot) => slot.model.name === model);
      if (wanted !== undefined) {
        const slot = candidates.find(({ version }) => version === wanted);
        if (slot) return slot;
      } else if (candidates.length > 0) return split(candidates, key);
      const known = state?.versions.some(
        (entry) => entry.model.name === model && (wanted ?? entry.version) === entry.version,
      );
      if (known) throw new AppError('external/deployer', `Model ${model} is not ready`);
      throw new AppError('conflict/not-found', `No model ${model}${wanted === undefined ? '' : `, version ${wanted}`}`);
    },
    async use(slot, work) {
      const model = slot.loaded;
      inFlight.set(model, (inFlight.get(model) ?? 0) + 1);
      try {
        return await work(model);
      } finally {
        const left = inFlight.get(model)! - 1;
        if (left > 0) inFlight.set(model, left);
        else {
          inFlight.delete(model);
          if (retired.delete(model)) await model.close();
        }
      }
    },
    close: () =>
      exclusive(async () => {
        const models = slots.map((slot) => slot.loaded);
        slots = [];
        await retire(models);
      }),
  };
}

/**
 * By a hash of the key in 0…100, counted from the last version of the list (the candidate): when its share grows, the
 * keys that it has stay with it.
 */
function split(slots: Slot[], key: string): Slot {
  const place = (createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32) * 100;
  let upTo = 0;
  for (const slot of [...slots].reverse()) {
    upTo += slot.percent;
    if (place < upTo) return slot;
  }
  // The version whose turn it is could not be loaded: another answer is better than none.
  return slots[0]!;
}

function sameModel(a: Model, b: Model): boolean {
  return JSON.stringify([a.signature, a.artifact, a.task]) === JSON.stringify([b.signature, b.artifact, b.task]);
}
