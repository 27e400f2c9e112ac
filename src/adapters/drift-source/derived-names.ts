/** Profile of what no column shows alone: how far a row is from what the others suggest. */
export const RECONSTRUCTION = 'inputs.reconstruction';

/** Directions of an embedding that are watched, `.pc1`, `.pc2`, …. */
export const VECTOR_COMPONENTS = 3;
