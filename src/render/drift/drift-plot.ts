/** `alt` says in words what the picture shows; `text` is it as lines, for where pictures are not shown. */
export type DriftPlot = { name: string; alt: string; svg: string; text?: string[] };
