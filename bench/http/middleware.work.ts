import { ServerResponse } from 'node:http';

import type { Middleware } from '../contenders/middleware.js';
import type { Work } from '../measure/scenario.js';
import { readAnswer } from './answer.js';
import { RequestMaker, type RequestWords } from './incoming.js';
import { NullSocket } from './null-socket.js';

const socket = new NullSocket();
const goOn = (): void => {};

/** A middleware, and the requests it gets. */
export interface MiddlewareTask {
  readonly middleware: Middleware;
  readonly requests: readonly RequestWords[];
  /** Origins to come from, instead of the one that the requests name. */
  readonly origins?: readonly Buffer[];
}

/** Prime, so that it visits every origin of a list before it comes back to the first, and never two that lie together. */
const STRIDE = 48_611;

/**
 * Drives a middleware or a request hook on Node's own request and response, up to the end of the response: where headers are
 * set is each contender's own affair, so what is timed ends when they have become text.
 */
export function middlewareWork(task: MiddlewareTask): Work {
  const { middleware, origins } = task;
  const makers = task.requests.map((words) => new RequestMaker(words));
  let turn = 0;
  let origin = 0;
  const once = (): ServerResponse => {
    turn = turn + 1 === makers.length ? 0 : turn + 1;
    if (origins !== undefined) {
      origin = (origin + STRIDE) % origins.length;
    }
    const request = (makers[turn] as RequestMaker).makeRead(socket, origins?.[origin]);
    const response = new ServerResponse(request);
    middleware(request, response, goOn);
    if (!response.writableEnded) {
      response.end();
    }
    return response;
  };
  return {
    run: (times) => {
      for (let index = 0; index < times; index += 1) {
        once();
      }
    },
    answer: () => readAnswer(String(Reflect.get(once(), '_header'))),
  };
}
