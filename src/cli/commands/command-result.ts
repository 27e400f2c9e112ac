/** What a command found. `exitCode` 0: the verdict is yes, 1: it is no. What is wrong with the input is thrown. */
export type CommandResult = { exitCode: 0 | 1 | 2; text: string; json: unknown };
