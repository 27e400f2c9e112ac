import { AppError } from '../domain/errors.ts';

/** `why` is for the operator's log; whoever sent the token gets `answer`, which helps nobody to make a better one. */
export class OidcRefusal extends Error {
  readonly answer: AppError;

  constructor(answer: AppError, why: string) {
    super(why);
    this.name = 'OidcRefusal';
    this.answer = answer;
  }
}

/** The token itself is no good. */
export function notAccepted(why: string): OidcRefusal {
  return new OidcRefusal(new AppError('permission/unauthenticated', 'the identity token is not accepted'), why);
}

/** It is GitHub's, and says that the run is not the one of this job. */
export function notThisRun(why: string): OidcRefusal {
  return new OidcRefusal(new AppError('permission/forbidden', 'this run may not work on that job'), why);
}
