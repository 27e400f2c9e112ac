/** Thrown by a page whose subject does not exist; the answer is the 404 page. */
export class PageNotFound extends Error {}
