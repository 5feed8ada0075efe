/** The server did not answer, or not completely. For the page it is a TypeError, like every network error. */
export class NetworkError extends TypeError {}
