import { expect, describe, it } from '@jest/globals';
import { Controller, Get, Put, Version, VersioningType, type Type } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  Cors,
  CorsService,
  type CorsEffectivePolicy,
  type CorsModuleOptions,
  type CorsPolicyOptions,
} from 'nestjs-cors';

import type { ListedPolicy, PoliciesInForce } from '../../lib/testing/app-report.js';
import { policyTable } from '../../lib/testing/index.js';
import { APP } from '../cases/cors-case.js';
import { createApp, rootModule } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, type Way } from '../support/ways.js';

function isTenant(): boolean {
  return false;
}

@Controller('dogs')
class DogsController {
  @Get() list(): string {
    return 'list';
  }
}

@Controller('cats')
class CatsController {
  @Put(':id') @Cors(false) update(): string {
    return 'update';
  }

  @Get() @Version('2') @Cors('partners') two(): string {
    return 'two';
  }

  @Get() @Version('1') @Cors({ origin: '*', exposedHeaders: ['X-Total', 'Link'] }) one(): string {
    return 'one';
  }
}

@WebSocketGateway()
@Cors({ origin: APP })
class ChatGateway {}

const partners: CorsPolicyOptions = {
  origin: ['https://b.example', isTenant, 'https://*.a.example', /https:\/\/c\.example/],
  credentials: true,
  methods: ['PUT', 'GET'],
  allowedHeaders: ['X-B', 'x-a'],
  maxAge: 60,
  optionsSuccessStatus: 200,
  enforce: true,
  originTimeout: 500,
};

async function tableOf(way: Way, controllers: readonly Type[], options: CorsModuleOptions): Promise<string> {
  const root = rootModule({ controllers: [...controllers], providers: [ChatGateway] }, options);
  const app = await createApp(way, root, {
    configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
  });
  return policyTable(await app.init());
}

const TABLE = `SOCKET / (ChatGateway)
  https://app.example.com
GET /cats (CatsController.one)
  everyone
  exposedHeaders: link, x-total
GET /cats (CatsController.two)
  https://*.a.example
  https://b.example
  /https:\\/\\/c\\.example/
  function isTenant
  credentials
  methods: GET, PUT
  allowedHeaders: x-a, x-b
  maxAge: 60
  optionsSuccessStatus: 200
  originTimeout: 500
  enforced
PUT /cats/:id (CatsController.update)
  closed
GET /dogs (DogsController.list)
  untouched
GET,POST /graphql, /graphql/*rest (paths)
  closed
  enforced
ANY /legacy (paths)
  untouched
other URLs (forRoot)
  untouched
`;

const paths = [
  { path: ['/graphql', '/graphql/*rest'], methods: ['POST', 'GET'], policy: { origin: [], enforce: true } },
  { path: '/legacy', untouched: true },
] as const;

describe.each(EVERY_WAY)('policyTable(), on %s', (_, way) => {
  it('prints every policy, whatever the order and the spelling in which it was written', async () => {
    expect(await tableOf(way, [DogsController, CatsController], { policies: { partners }, paths })).toBe(TABLE);
    const { origin = [], ...others } = partners;
    const turned = {
      ...others,
      origin: [origin].flat().toReversed() as CorsPolicyOptions['origin'],
      methods: 'GET, PUT',
      allowedHeaders: ['X-A', 'X-B'],
    };
    const [graphql, ...rest] = paths;
    const otherOrder: CorsModuleOptions = {
      policies: { partners: turned },
      paths: [{ ...graphql, path: graphql.path.toReversed() }, ...rest],
    };
    expect(await tableOf(way, [CatsController, DogsController], otherOrder)).toBe(TABLE);
  });
});

describe.each(BOTH_PLATFORMS)('policyTable() without policies, on %s', (_, way) => {
  it('prints the policy of all URLs', async () => {
    const app = await createApp(way, rootModule({}, { origin: APP, allowedHeaders: [], preflightContinue: true }));
    expect(policyTable(await app.init())).toBe(
      'other URLs (forRoot)\n  https://app.example.com\n  allowedHeaders: none\n  preflightContinue\n',
    );
  });

  it('refuses everything else', async () => {
    const app = await createApp(way, class Bare {});
    const message = 'policyTable() takes a Nest application that imports CorsModule';
    expect(() => policyTable(app)).toThrow(new TypeError(message));
    expect(() => policyTable('http://localhost' as never)).toThrow(new TypeError(message));
    const early = await createApp(way, rootModule({}));
    expect(() => policyTable(early)).toThrow(/not known before app\.init\(\)/);
  });
});

/** `lib/testing` imports nothing of `lib/nest`, and declares what it reads: the compiler compares the two here. */
describe('what an application reports', () => {
  const asReported = (cors: CorsService): PoliciesInForce => ({
    routes: cors.routes(),
    paths: cors.paths(),
    root: cors.rootPolicy(),
  });
  // A new field of a policy does not compile before the table has it.
  const withEveryField = (policy: ListedPolicy): CorsEffectivePolicy => policy;

  it('is what the table reads', async () => {
    const app = await createApp(EXPRESS, rootModule({ controllers: [DogsController] }, { origin: APP }));
    await app.init();
    const { routes, root } = asReported(app.get(CorsService));
    expect(routes.map(({ policy }) => policy && withEveryField(policy))).toEqual([root.policy]);
  });
});
