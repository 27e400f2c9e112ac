/** What whoever wrote the workflow, or runs the machine, has to change. The message says what. */
export class ActionError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ActionError';
  }
}
