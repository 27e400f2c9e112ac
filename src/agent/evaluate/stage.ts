/** What is being done, and with whose models, where whoever ends a process that no longer answers can read it. */
import { openSync, readFileSync, writeSync } from 'node:fs';
import type { LoadedModel } from '../../ports/model-runtime.ts';

export type Who = 'candidate' | 'champion';

/** `doing`: `loading`, `answering 1,000 rows`; `since` in epoch milliseconds. */
export type ModelAtWork = { who: Who; doing: string; since: number };

export type Stage = {
  /** Of the evaluation as a whole: `comparing`. */
  doing: string;
  /** The models that have not answered yet, the oldest question first. */
  models: ModelAtWork[];
};

export type Stages = {
  enter(doing: string): void;
  /** Answers what to call when the model is done. */
  begin(who: Who, doing: string): () => void;
};

/** Room for so many questions under way, as the file always has. */
const MOST_MODELS = 16;
const BYTES = 4_096;

export const NO_STAGES: Stages = { enter: () => {}, begin: () => () => {} };

/** Overwritten in place, at once: the file must be right when the process is no more. */
export function createStageFile(file: string): Stages {
  const descriptor = openSync(file, 'w');
  const models = new Set<ModelAtWork>();
  let doing = 'beginning';
  const write = () => {
    const stage: Stage = { doing, models: [...models].slice(0, MOST_MODELS) };
    writeSync(descriptor, JSON.stringify(stage).padEnd(BYTES), 0);
  };
  return {
    enter(text) {
      doing = text.slice(0, 200);
      write();
    },
    begin(who, text) {
      const model = { who, doing: text.slice(0, 100), since: Date.now() };
      models.add(model);
      write();
      return () => {
        models.delete(model);
        write();
      };
    },
  };
}

/** Undefined where the process had not come so far. */
export function readStage(file: string): Stage | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stage;
  } catch {
    return undefined;
  }
}

/** The same model; each of its answers is noted. */
export function watched(loaded: LoadedModel, who: Who, stages: Stages): LoadedModel {
  return {
    ...loaded,
    predict: async (batch, prepared) => {
      const end = stages.begin(who, `answering ${batch.rows.toLocaleString('en-US')} rows`);
      try {
        return await loaded.predict(batch, prepared);
      } finally {
        end();
      }
    },
  };
}
