import { ServerResponse } from 'node:http';

import { H3Event, handleCors } from 'h3';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

import { HEADERS, MAX_AGE, METHODS } from '../apps/policies.js';
import { readAnswer } from '../http/answer.js';
import { RequestMaker, type RequestWords } from '../http/incoming.js';
import { NullSocket } from '../http/null-socket.js';
import type { Work } from '../measure/scenario.js';

/** Answers a web request, and says so to Node's response. */
type Answering = (request: Request, response: ServerResponse) => void | Promise<void>;

/** Hono's `cors`, in an app that has nothing else. Without origins: the same app without it. */
export function honoApp(origins: readonly string[] | undefined): Answering {
  const app = new Hono();
  if (origins !== undefined) {
    app.use(
      cors({
        origin: [...origins],
        credentials: true,
        allowMethods: [...METHODS],
        allowHeaders: [...HEADERS],
        maxAge: MAX_AGE,
      }),
    );
  }
  app.all('*', (context) => context.body(null));
  return async (request, response) => {
    const answer = await app.fetch(request);
    write(response, answer.status, answer.headers);
  };
}

/** h3's `handleCors`. Without origins: the event alone. */
export function h3Event(origins: readonly string[] | undefined): Answering {
  const options = {
    origin: [...(origins ?? [])],
    credentials: true,
    methods: [...METHODS],
    allowHeaders: [...HEADERS],
    // Its default, '*', is left out with credentials, and it logs a warning.
    exposeHeaders: ['etag'],
    maxAge: String(MAX_AGE),
  };
  return (request, response) => {
    const event = new H3Event(request);
    const answer = origins === undefined ? false : handleCors(event, options);
    const status = answer === false ? undefined : answer.status;
    write(response, status ?? 200, event.res.headers);
  };
}

const plainRequest = new RequestMaker({ method: 'GET', url: '/', headers: {} }).makeRead(new NullSocket());

/** Requests are made once: what a platform pays for making them is not what is compared. */
export function webWork(answering: Answering, requests: readonly RequestWords[]): Work {
  const prepared = requests.map(
    ({ method, url, headers }) => new Request(`https://api.example.com${url}`, { method, headers }),
  );
  let turn = 0;
  const once = async (): Promise<ServerResponse> => {
    turn = turn + 1 === prepared.length ? 0 : turn + 1;
    const response = new ServerResponse(plainRequest);
    await answering(prepared[turn] as Request, response);
    return response;
  };
  return {
    run: async (times) => {
      for (let index = 0; index < times; index += 1) {
        await once();
      }
    },
    answer: async () => readAnswer(String(Reflect.get(await once(), '_header'))),
  };
}

function write(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, Object.fromEntries(headers));
  response.end();
}
