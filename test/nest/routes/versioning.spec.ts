import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Version, VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';

import { ACAO } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

@Controller({ path: 'cats', version: '1' })
@Named('one')
class CatsOne {
  @Get() list(): string {
    return reach('one');
  }

  @Get('both') @Version(['1', '2']) @Named('both') both(): string {
    return reach('both');
  }

  @Get('neutral') @Version(VERSION_NEUTRAL) @Named('neutral') neutral(): string {
    return reach('neutral');
  }
}

@Controller({ path: 'cats', version: ['2', '3'] })
@Named('two')
class CatsTwo {
  @Get() list(): string {
    return reach('two');
  }

  @Get('alone') alone(): string {
    return reach('two');
  }
}

@Controller('dogs')
class Dogs {
  @Get() @Version('9') @Named('dogs-nine') nine(): string {
    return reach('dogs-nine');
  }

  @Get() @Named('dogs') list(): string {
    return reach('dogs');
  }
}

const controllers = [CatsOne, CatsTwo, Dogs];

async function startVersioned(
  way: Way,
  versioning: VersioningOptions,
  more: Parameters<typeof startApp>[2] = {},
): Promise<RunningApp> {
  return startApp(way, rootModule({ controllers }), {
    ...more,
    configure: (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning(versioning);
    },
  });
}

describe.each(EVERY_WAY)('versions in the URI, on %s', (_, way) => {
  it('belong to the route', async () => {
    const app = await startVersioned(way, { type: VersioningType.URI, defaultVersion: '5' });
    for (const [path, name] of [
      ['/api/v1/cats', 'one'],
      ['/api/v2/cats', 'two'],
      ['/api/v3/cats', 'two'],
      ['/api/v1/cats/both', 'both'],
      ['/api/v2/cats/both', 'both'],
      ['/api/cats/neutral', 'neutral'],
      ['/api/v2/cats/alone', 'two'],
      ['/api/v5/dogs', 'dogs'],
      ['/api/v9/dogs', 'dogs-nine'],
    ] as const) {
      expect(await look(app, 'GET', path)).toEqual(allOf(name));
    }
  });

  it('a prefix of the app’s own, and none of these', async () => {
    const app = await startVersioned(way, { type: VersioningType.URI, prefix: 'version-' });
    expect(await look(app, 'GET', '/api/version-1/cats')).toEqual(allOf('one'));
    expect(await look(app, 'GET', '/api/v1/cats')).toEqual({ ran: 404, policy: undefined, preflight: 404 });
  });
});

/** How a request says its version, for each way that is not the URI. */
const KINDS: readonly (readonly [string, VersioningOptions, (version: string) => Record<string, string>])[] = [
  ['a header', { type: VersioningType.HEADER, header: 'X-Version' }, (version) => ({ 'x-version': version })],
  [
    'a media type',
    { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    (version) => ({ accept: `application/json;v=${version}` }),
  ],
  [
    'the app’s own extractor',
    {
      type: VersioningType.CUSTOM,
      extractor: (request) => {
        const { headers } = request as { headers: Record<string, string | undefined> };
        return (headers['x-versions'] ?? '').split('/').filter((version) => version !== '');
      },
    },
    (version) => ({ 'x-versions': version }),
  ],
];

describe.each(EVERY_WAY)('versions that the URL does not show, on %s', (_, way) => {
  it.each(KINDS)('the response has the policy of the version that runs: %s', async (_, versioning, headersOf) => {
    const app = await startVersioned(way, versioning);
    log.clear();
    for (const [path, version, name] of [
      ['/api/cats', '1', 'one'],
      ['/api/cats', '2', 'two'],
      ['/api/cats', '3', 'two'],
      ['/api/cats/both', '1', 'both'],
      ['/api/cats/both', '2', 'both'],
      ['/api/cats/alone', '2', 'two'],
      ['/api/cats/neutral', '7', 'neutral'],
      ['/api/dogs', '9', 'dogs-nine'],
    ] as const) {
      expect(await look(app, 'GET', path, { headers: headersOf(version) })).toMatchObject({ ran: name, policy: name });
    }
    expect(await look(app, 'GET', '/api/cats/neutral')).toMatchObject({ ran: 'neutral', policy: 'neutral' });
    expect(log.complaints).toEqual([]);
  });

  it.each(KINDS)('a version that there is not has no policy: %s', async (_, versioning, headersOf) => {
    const app = await startVersioned(way, versioning);
    expect(await look(app, 'GET', '/api/cats', { headers: headersOf('8') })).toMatchObject({
      ran: 404,
      policy: undefined,
    });
    expect(await look(app, 'GET', '/api/cats')).toMatchObject({ ran: 404, policy: undefined });
  });

  it.each(KINDS)('a preflight of what only one version serves is that version’s: %s', async (_, versioning) => {
    const app = await startVersioned(way, versioning);
    expect(await look(app, 'GET', '/api/cats/alone')).toMatchObject({ preflight: expect.stringMatching(/^two/) });
    expect(await look(app, 'GET', '/api/cats/neutral')).toMatchObject({ preflight: 'neutral' });
  });

  it('a default version', async () => {
    const app = await startVersioned(way, { type: VersioningType.HEADER, header: 'X-Version', defaultVersion: '4' });
    expect(await look(app, 'GET', '/api/dogs', { headers: { 'x-version': '4' } })).toMatchObject({
      ran: 'dogs',
      policy: 'dogs',
    });
    expect(await look(app, 'GET', '/api/dogs')).toMatchObject({ ran: 404, policy: undefined });
  });

  it('an extractor that throws is never a 500 of ours, and opens nothing', async () => {
    const throwing: VersioningOptions = {
      type: VersioningType.CUSTOM,
      extractor: () => {
        throw new Error('no version');
      },
    };
    const app = await startVersioned(way, throwing);
    const { status, cors } = await app.send({ path: '/api/cats', origin: 'https://a.example' });
    // Every version may be read by everyone: so may what goes wrong before it is known which one it is.
    expect([status, cors]).toEqual([500, { [ACAO]: '*' }]);
    expect(await look(app, 'GET', '/api/cats/neutral')).toMatchObject({ preflight: 'neutral' });
    expect(log.ofCors('error')).toEqual([]);
  });
});
