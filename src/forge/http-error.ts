export type FieldError = { resource: string; code: string; field?: string; message?: string };

/** An answer other than success, in GitHub's shape. */
export class HttpError extends Error {
  readonly status: number;
  readonly errors: FieldError[] | undefined;

  constructor(status: number, message: string, errors?: FieldError[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = (): HttpError => new HttpError(404, 'Not Found');

export const forbiddenToApp = (): HttpError => new HttpError(403, 'Resource not accessible by integration');

export const invalid = (resource: string, field: string, code: string, message?: string): HttpError =>
  new HttpError(422, 'Validation Failed', [{ resource, field, code, ...(message ? { message } : {}) }]);
