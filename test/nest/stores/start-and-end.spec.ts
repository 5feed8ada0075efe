/** `changed()` before the application has started, and while it ends. */
import 'reflect-metadata';
import { once } from 'node:events';
import { request } from 'node:http';
import { Controller, Injectable, Put } from '@nestjs/common';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CorsOriginStore } from 'nestjs-cors';

import { storeHandleOf } from '../../../lib/nest/stores/cors-origin-store.js';
import { InProcessBus } from '../../support/in-process-bus.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';

@Injectable()
class TenantOrigins extends CorsOriginStore {
  keyOf(): string {
    return 'acme';
  }

  load(): undefined {
    return undefined;
  }
}

@Injectable()
class Seed {
  constructor(private readonly origins: TenantOrigins) {}

  async onModuleInit(): Promise<void> {
    await this.origins.changed('acme');
    await this.origins.changed('other');
  }
}

/** A moment that somebody waits for. */
class Moment {
  come = (): void => undefined;
  readonly isHere = new Promise<void>((resolve) => (this.come = resolve));
}

/** A write takes until the test says so. */
let written = new Moment();

@Controller()
class SettingsController {
  readonly entered = new Moment();

  constructor(private readonly origins: TenantOrigins) {}

  @Put() async save(): Promise<string> {
    this.entered.come();
    await written.isHere;
    await this.origins.changed('acme');
    return 'saved';
  }
}

it('before any application uses the store is told once', async () => {
  const store = new TenantOrigins();
  await store.changed('acme');
  const told: unknown[] = [];
  for (const app of [1, 2]) {
    storeHandleOf(store)?.connect(async (id) => void told.push([app, id]));
  }
  expect(told).toEqual([[1, undefined]]);
});

const kinds = (bus: InProcessBus) => bus.messages.map((text) => (JSON.parse(text) as string[]).slice(3).join(' '));

describe.each(BOTH_PLATFORMS)('changed(), on %s', (_, way) => {
  const start = async (bus: InProcessBus, ...providers: readonly (new (...values: never[]) => object)[]) =>
    startApp(
      way,
      rootModule({ controllers: [SettingsController], providers: [TenantOrigins, ...providers] }, { bus }),
      {
        // As in production: what is in progress comes to its end.
        options: { forceCloseConnections: false },
      },
    );

  beforeEach(() => {
    written = new Moment();
  });

  it('before the start is told to the others at the start, all in one', async () => {
    const bus = new InProcessBus();
    const app = await start(bus, Seed);
    expect(kinds(bus)).toEqual(['changed-any']);
    await app.close();
  });

  it.each([
    ['is told', undefined, ['changed acme'], []],
    [
      'is logged if it cannot be told',
      new Error('no connection'),
      [],
      [
        'CorsModule: the other instances could not be told of a change, and load it when their lists are ttl old: no connection',
      ],
    ],
  ])('in a request that ends after the application has begun to close %s', async (_title, failure, told, said) => {
    const bus = new InProcessBus();
    const app = await start(bus);
    const { entered } = app.nest.get(SettingsController);
    const put = request(await app.nest.getUrl(), { method: 'PUT', agent: false }).end();
    put.on('error', () => undefined);
    await entered.isHere;
    log.clear();
    const closed = app.close();
    while (bus.listeners.size > 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    bus.failure = failure;
    written.come();
    const [answer] = (await once(put, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    await closed;
    expect(kinds(bus)).toEqual(told);
    expect(log.complaints).toEqual(said);
  });
});
