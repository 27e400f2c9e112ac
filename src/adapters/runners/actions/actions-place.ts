import { AppError } from '../../../domain/errors.ts';
import type { RunnerSpec } from '../../../domain/spec/valid.ts';

export type ActionsPlace = Extract<RunnerSpec, { type: 'actions' }>;

export function actionsPlace(place: RunnerSpec): ActionsPlace {
  if (place.type !== 'actions') throw new AppError('bug/invariant', `runner ${place.name} is of type ${place.type}`);
  return place;
}
