/** The models of an evaluation, loaded side by side in this process. */
import { AppError } from '../../domain/errors.ts';
import type { LoadedModel, ModelRuntime } from '../../ports/model-runtime.ts';
import { championMisfit } from './champion-fits.ts';
import type { Contestant, EvaluationRequest } from './evaluate-model.ts';
import type { Scorer } from './score-holdout.ts';
import { NO_STAGES, type Stages, type Who, watched } from './stage.ts';

/** `bare`: the model without the note of every answer, for timing. */
export type OpenModel = Scorer & { bare: LoadedModel };

export type OpenModels = {
  candidate: OpenModel;
  champion?: OpenModel;
  /** In the order of the request's. */
  repeats: OpenModel[];
  /** There is a champion, but not here. */
  championSkipped?: string;
  close(): Promise<void>;
};

/** A champion that cannot be used is said, not thrown: the candidate has a right to its own figures. */
export async function openModels(runtime: ModelRuntime, request: EvaluationRequest): Promise<OpenModels> {
  const { candidate, repeats = [], stages = NO_STAGES } = request;
  const opened: OpenModel[] = [];
  const close = async () => {
    for (const { loaded } of opened) await loaded.close();
  };
  const open = async (one: Omit<Contestant, 'digest' | 'sizeBytes'>, who: Who, doing: string): Promise<OpenModel> => {
    const scorer = await load(runtime, one, { who, doing }, stages);
    opened.push(scorer);
    return scorer;
  };
  try {
    const first = await open(candidate, 'candidate', 'loading');
    const { champion, skipped } = await openChampion(request, (one) => open(one, 'champion', 'loading'));
    const others: OpenModel[] = [];
    for (const { seed, folder } of repeats) {
      const other = open({ model: candidate.model, folder }, 'candidate', `loading the training with seed ${seed}`);
      others.push(await named(other, `the training with seed ${seed}`));
    }
    return {
      candidate: first,
      ...(champion === undefined ? {} : { champion }),
      ...(skipped === undefined ? {} : { championSkipped: skipped }),
      repeats: others,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function load(
  runtime: ModelRuntime,
  { model, folder }: Omit<Contestant, 'digest' | 'sizeBytes'>,
  stage: { who: Who; doing: string },
  stages: Stages,
): Promise<OpenModel> {
  const { artifact, signature, task } = model;
  const end = stages.begin(stage.who, stage.doing);
  const loaded = await runtime.load({ folder, ...artifact, signature, task }).finally(end);
  return { model, loaded: watched(loaded, stage.who, stages), bare: loaded };
}

async function openChampion(
  { candidate, champion, championSkipped, dataset }: EvaluationRequest,
  open: (champion: Contestant) => Promise<OpenModel>,
): Promise<{ champion?: OpenModel; skipped?: string }> {
  if (championSkipped !== undefined) return { skipped: championSkipped };
  if (champion === undefined) return {};
  const misfit = championMisfit(candidate.model, champion.model, dataset);
  if (misfit !== undefined) return { skipped: misfit };
  try {
    return { champion: await open(champion) };
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return { skipped: error.message };
  }
}

async function named<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${what}: ${error.message}`, { cause: error });
  }
}
