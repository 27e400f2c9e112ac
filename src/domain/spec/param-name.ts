/** Parameters are given on the command line too (`/retrain key=value`), so their names keep to one pattern. */
export const PARAM_PATTERN = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
