import type { IncomingMessage, ServerResponse } from 'node:http';

/** The shape that Connect gave to everything of the kind; Nest's request hooks have it, too. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, done: () => void) => void;
