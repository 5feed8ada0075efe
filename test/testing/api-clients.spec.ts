import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { Body, Controller, Get, type INestApplication, type MessageEvent, Param, Post, Put, Sse } from '@nestjs/common';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import axios from 'axios';
import ky from 'ky';
import { Cors } from 'nestjs-cors';
import { CorsBlockedError, pageAt, type PageFetch } from 'nestjs-cors/testing';
import createClient from 'openapi-fetch';
import { concat, NEVER, of, type Observable } from 'rxjs';

import { APP } from '../cases/cors-case.js';
import { createApp, rootModule } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';

const API = 'https://api.example.com';
const STRANGER = 'https://stranger.example';

@Controller('cats')
// Axios sends User-Agent: Chromium drops it, Firefox asks about it, as the standard says.
@Cors({ origin: APP, credentials: true, allowedHeaders: ['Content-Type', 'Authorization', 'User-Agent'] })
class CatsController {
  @Get(':id') get(@Param('id') id: string): object {
    return { id, name: 'Miö' };
  }

  @Put(':id') rename(@Param('id') id: string, @Body() { name }: { name: string }): object {
    return { id, name };
  }

  @Sse('events/all') events(): Observable<MessageEvent> {
    const events: MessageEvent[] = [
      { data: 'born', id: '7' },
      { data: { name: 'Miö' }, type: 'named', id: '8' },
    ];
    return concat(of(...events), NEVER);
  }
}

@Controller('graphql')
@Cors({ origin: APP, allowedHeaders: ['Content-Type'] })
class GraphqlController {
  @Post() query(@Body() { variables }: { variables: { id: string } }): object {
    return { data: { cat: { __typename: 'Cat', id: variables.id, name: 'Miö' } } };
  }
}

const { router, procedure } = initTRPC.create();
const catsRouter = router({
  cat: procedure.input(String).query(({ input }) => ({ id: input, name: 'Miö' })),
  rename: procedure.input(String).mutation(({ input }) => ({ id: '1', name: input })),
});

/** What openapi-typescript would write. */
interface CatsApi {
  '/cats/{id}': {
    get: {
      parameters: { path: { id: string } };
      responses: { 200: { content: { 'application/json': { id: string; name: string } } } };
    };
    put: {
      parameters: { path: { id: string } };
      requestBody: { content: { 'application/json': { name: string } } };
      responses: { 200: { content: { 'application/json': { id: string; name: string } } } };
    };
  };
}

/** Each client reads a cat, and writes one, with what it sends of its own accord. */
const CLIENTS: Readonly<Record<string, (fetch: PageFetch) => Promise<unknown>>> = {
  'openapi-fetch': async (fetch) => {
    const client = createClient<CatsApi>({ baseUrl: API, fetch, credentials: 'include' });
    const path = { id: '1' };
    const { data: read } = await client.GET('/cats/{id}', { params: { path } });
    const { data: written } = await client.PUT('/cats/{id}', { params: { path }, body: { name: 'Mau' } });
    return [read, written];
  },
  ky: async (fetch) => {
    const client = ky.create({ prefixUrl: API, fetch, retry: 0, headers: { Authorization: 'Bearer x' } });
    return [await client.get('cats/1').json(), await client.put('cats/1', { json: { name: 'Mau' } }).json()];
  },
  axios: async (fetch) => {
    const client = axios.create({ adapter: 'fetch', env: { fetch }, baseURL: API, withCredentials: true });
    return [(await client.get('/cats/1')).data, (await client.put('/cats/1', { name: 'Mau' })).data];
  },
  "Apollo's HttpLink": async (fetch) => {
    const link = new HttpLink({ uri: `${API}/graphql`, fetch });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const read = async (id: string): Promise<object> => {
      const query = gql`
        query Cat($id: ID!) {
          cat(id: $id) {
            id
            name
          }
        }
      `;
      const { data } = await client.query<{ cat: { id: string; name: string } }>({ query, variables: { id } });
      return { id: data?.cat.id, name: data?.cat.name };
    };
    return [await read('1'), { ...(await read('1')), name: 'Mau' }];
  },
  "tRPC's httpBatchLink": async (fetch) => {
    const client = createTRPCClient<typeof catsRouter>({ links: [httpBatchLink({ url: `${API}/trpc`, fetch })] });
    return [await client.cat.query('1'), await client.rename.mutate('Mau')];
  },
};

/** The blocked call, as itself or as the cause of what the client makes of it. */
function findBlocked(error: unknown): CorsBlockedError {
  if (error instanceof CorsBlockedError) {
    return error;
  }
  if (error instanceof Error && error.cause !== undefined) {
    return findBlocked(error.cause);
  }
  throw error;
}

describe.each(EVERY_WAY)('fetchFor(), on %s', (_, way) => {
  let app: INestApplication;

  beforeAll(async () => {
    const trpc = { path: '/trpc{/*rest}', policy: { origin: APP, allowedHeaders: ['Content-Type'] } };
    app = await createApp(way, rootModule({ controllers: [CatsController, GraphqlController] }, { paths: [trpc] }), {
      configure: (nest) => nest.use('/trpc', createHTTPHandler({ router: catsRouter })),
    });
    await app.init();
  });

  it.each(Object.entries(CLIENTS))('runs %s, for the page that the policy allows', async (_name, use) => {
    expect(await use(pageAt(APP).fetchFor(app))).toEqual([
      { id: '1', name: 'Miö' },
      { id: '1', name: 'Mau' },
    ]);
  });

  it.each(Object.entries(CLIENTS))('tells %s that another page is blocked, and why', async (_name, use) => {
    const failure: unknown = await use(pageAt(STRANGER).fetchFor(app)).catch((error: unknown) => error);
    const blocked = findBlocked(failure);
    expect(blocked).toBeInstanceOf(TypeError);
    expect(blocked.step).toMatch(/origin$/);
    expect(blocked.transcript.length).toBeGreaterThan(0);
  });

  describe('and @microsoft/fetch-event-source', () => {
    const page = { document: { removeEventListener: () => undefined }, window: globalThis };
    beforeAll(() => {
      Object.assign(globalThis, page);
    });
    afterAll(() => {
      for (const name of Object.keys(page)) {
        Reflect.deleteProperty(globalThis, name);
      }
    });

    async function listen(origin: string): Promise<unknown> {
      const seen: object[] = [];
      const abort = new AbortController();
      await fetchEventSource(`${API}/cats/events/all`, {
        fetch: pageAt(origin).fetchFor(app),
        signal: abort.signal,
        openWhenHidden: true,
        onmessage: ({ data, event, id }) => {
          // Nest begins with an empty message.
          if (data !== '') {
            seen.push({ data, event, id });
          }
          if (seen.length === 2) {
            abort.abort();
          }
        },
        onerror: (error) => {
          throw error;
        },
      });
      return seen;
    }

    it('reads the stream of an allowed page', async () => {
      expect(await listen(APP)).toEqual([
        { data: 'born', event: '', id: '7' },
        { data: '{"name":"Miö"}', event: 'named', id: '8' },
      ]);
    });

    it('is blocked for another', async () => {
      expect(findBlocked(await listen(STRANGER).catch((error: unknown) => error)).step).toBe('origin');
    });
  });
});
