import { configure } from '@codegenie/serverless-express';

import type { Work } from '../measure/scenario.js';
import type { Answer } from './answer.js';
import type { RequestWords } from './incoming.js';

/** What the adapter gives back to the cloud. */
interface Outcome {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
}

/** An Express application behind a serverless adapter, which calls it with a response of its own make. */
export function serverlessWork(app: unknown, requests: readonly RequestWords[]): Work {
  // Its types need those of AWS.
  const handle = (configure as (options: object) => (...args: unknown[]) => Promise<Outcome>)({ app });
  const events = requests.map(eventOf);
  let turn = 0;
  const once = (): Promise<Outcome> => {
    turn = turn + 1 === events.length ? 0 : turn + 1;
    return handle(events[turn], {}, () => undefined);
  };
  return {
    run: async (times) => {
      for (let index = 0; index < times; index += 1) {
        await once();
      }
    },
    answer: async () => answerOf(await once()),
  };
}

/** API Gateway's payload, format 1.0. */
function eventOf({ method, url, headers }: RequestWords): object {
  return {
    httpMethod: method,
    path: url,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { identity: { sourceIp: '192.0.2.1' } },
    body: null,
    isBase64Encoded: false,
  };
}

function answerOf({ statusCode, multiValueHeaders }: Outcome): Answer {
  const headers = Object.entries(multiValueHeaders).map(([name, values]) => [name.toLowerCase(), values.join(', ')]);
  return { status: statusCode, headers: Object.fromEntries(headers) as Answer['headers'] };
}
