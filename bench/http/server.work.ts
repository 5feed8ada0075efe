import { ServerResponse, type IncomingMessage, type Server } from 'node:http';

import type { Work } from '../measure/scenario.js';
import { readAnswer } from './answer.js';
import { RequestMaker, type RequestWords } from './incoming.js';
import { NullSocket } from './null-socket.js';

/** Takes a request, as a server does, or an Express application that is called. */
type Deliver = (request: IncomingMessage, response: ServerResponse) => void;

/** Drives a server that listens nowhere. */
export function serverWork(server: Server, requests: readonly RequestWords[]): Work {
  return deliveredWork((request, response) => server.emit('request', request, response), requests);
}

/** Requests that come from no socket, and whose responses go to none. */
export function deliveredWork(deliver: Deliver, requests: readonly RequestWords[]): Work {
  const makers = requests.map((words) => new RequestMaker(words));
  const socket = new NullSocket();
  let turn = 0;
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      turn = turn + 1 === makers.length ? 0 : turn + 1;
      const request = (makers[turn] as RequestMaker).make(socket);
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      response.once('finish', () => {
        response.detachSocket(socket);
        resolve();
      });
      deliver(request, response);
    });
  return {
    run: async (times) => {
      for (let index = 0; index < times; index += 1) {
        await once();
      }
    },
    answer: async () => {
      socket.written = [];
      await once();
      const written = socket.written.join('');
      socket.written = undefined;
      return readAnswer(written);
    },
  };
}
