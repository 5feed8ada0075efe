import { describe, expect, it } from '@jest/globals';
import { Controller, Put, type Type } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsService, type CorsDiagnosis, type CorsQuestion } from 'nestjs-cors';

import { APP } from '../../cases/cors-case.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, type Way } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

const PARTNER = 'https://partner.example';

interface Setup {
  readonly controllers?: Type[];
  readonly providers?: Type[];
}

async function diagnosisOf(way: Way, setup: Setup, question: CorsQuestion): Promise<CorsDiagnosis | undefined> {
  const app = await startApp(way, rootModule(setup, { origin: APP }));
  const { diagnosis } = await app.nest.get(CorsService).explain(question);
  await app.close();
  return diagnosis;
}

/** A new one each time, as decorators stay on a class. */
function baseController(...decorators: readonly MethodDecorator[]): new () => { update(): string } {
  class BaseController {
    @Put() update(): string {
      return reach('update');
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(BaseController.prototype, 'update') ?? {};
  decorators.forEach((decorate) => decorate(BaseController.prototype, 'update', descriptor));
  return BaseController;
}

const PUT_CATS: CorsQuestion = { origin: PARTNER, method: 'PUT', url: '/cats' };

describe.each(BOTH_PLATFORMS)('the cure for a handler that is inherited, on %s', (_, way) => {
  it('names the class that declares it, and lets the request pass', async () => {
    const controllersOn = (base: ReturnType<typeof baseController>): Type[] => {
      @Controller('cats')
      class CatsController extends base {}
      return [CatsController];
    };
    const before = await diagnosisOf(way, { controllers: controllersOn(baseController()) }, PUT_CATS);
    expect(before?.target).toBe('CatsController.update');
    const [cure] = before?.cures ?? [];
    expect(cure?.place).toBe('BaseController.update');

    const cured = baseController(Cors(cure?.options ?? {}));
    expect(await diagnosisOf(way, { controllers: controllersOn(cured) }, PUT_CATS)).toBeUndefined();
  });

  it('is none where it would open another controller as well', async () => {
    const base = baseController();
    @Controller('cats')
    class CatsController extends base {}
    @Controller('dogs')
    @Cors(false)
    class DogsController extends base {}
    const controllers = [CatsController, DogsController];
    expect(await diagnosisOf(way, { controllers }, PUT_CATS)).toMatchObject({
      cures: [],
      text:
        `CatsController.update does not allow the origin ${PARTNER}, only ${APP} (written by forRoot). A @Cors on ` +
        'BaseController.update applies to other controllers, too: override the method for a policy of CatsController.update alone.',
    });
    expect(await diagnosisOf(way, { controllers }, { ...PUT_CATS, url: '/dogs' })).toMatchObject({
      cures: [],
      text: 'DogsController.update is closed to other origins on purpose, by DogsController.',
    });
  });

  it('is none where another controller extends its controller', async () => {
    @Controller('cats')
    class CatsController extends baseController() {}
    @Controller('other')
    class OtherController extends CatsController {}
    const controllers = [CatsController, OtherController];
    expect((await diagnosisOf(way, { controllers }, PUT_CATS))?.cures).toEqual([]);
  });

  it('is none for a gateway that another one extends', async () => {
    @WebSocketGateway({ namespace: 'cats' })
    class CatsGateway {}
    @WebSocketGateway({ namespace: 'cats' })
    class DogsGateway extends CatsGateway {}
    const question: CorsQuestion = { origin: PARTNER, url: '/socket.io/', handshake: true };
    const [alone, extended] = [[CatsGateway], [CatsGateway, DogsGateway]];
    expect((await diagnosisOf(way, { providers: alone }, question))?.cures).toHaveLength(1);
    expect(await diagnosisOf(way, { providers: extended }, question)).toMatchObject({
      cures: [],
      text:
        `CatsGateway does not allow the origin ${PARTNER}, only ${APP} (written by forRoot). Other gateways extend CatsGateway, ` +
        'and a @Cors on it applies to them, too.',
    });
  });
});
