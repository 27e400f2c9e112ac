/** Below that many rows a figure of the performance says more about the rows than about the model. */
export const ENOUGH_ROWS = 350;
