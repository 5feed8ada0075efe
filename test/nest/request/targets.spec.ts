import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';

import { ACEH, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { requestText, sendBytes } from '../../support/raw-socket.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

@Controller('cats')
class CatsController {
  @Get() @Named('list') list(): string {
    return reach('list');
  }

  @Get('admin') @Named('admin') admin(): string {
    return reach('admin');
  }

  @Get(':id') @Named('read') read(): string {
    return reach('read');
  }

  @Put(':id/toys/:toy') @Named('toy') toy(): string {
    return reach('toy');
  }
}

@Controller()
class OtherController {
  @Get('a b') @Named('blank') blank(): string {
    return reach('blank');
  }

  @Get('käse') @Named('cheese') cheese(): string {
    return reach('cheese');
  }
}

const controllers = [CatsController, OtherController];

describe.each(BOTH_PLATFORMS)(
  'however a target is written, the policy is that of the handler that runs, on %s',
  (_, way) => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await startApp(way, rootModule({ controllers }));
    });

    /** One row, one spelling: what runs is the platform's affair, and differs; that ours agrees with it is not. */
    it.each([
      '/cats?',
      '/cats?a=/cats/admin',
      '/cats/?a',
      '/cats/',
      '/cats//',
      '//cats',
      '/cats//admin',
      '/cats/./admin',
      '/cats/x/../admin',
      '/Cats/ADMIN',
      '/cats/%61dmin',
      '/%63ats/admin',
      '/cats%2Fadmin',
      '/cats/ad%6Din?x=%2e%2e',
      '/cats/%25',
      '/cats/%2e%2e',
      '/cats/a%2Fb',
      '/cats/%C3%A4',
      '/cats/%ff',
      '/cats/%zz',
      '/%zz',
      '/cats/%',
      '/cats;a=1',
      '/cats/admin;v=1',
      '/cats;/admin',
      '/cats/admin#fragment',
      '/cats/admin%23fragment',
      '/cats/admin%3F',
      '/cats/admin\\',
      '/cats\\admin',
      '/cats/a|b',
      '/cats/"quoted"',
      '/cats/<tag>',
      '/cats/{id}',
      '/cats/:id',
      '/cats/*',
      '/cats/$&',
      '/cats/constructor',
      '/cats/__proto__',
      '/a%20b',
      '/a+b',
      '/k%C3%A4se',
      '/k\u00e4se',
      '/cats/\u00ff',
      '/cats/\u00a0',
      '*',
      '*cats',
      '*cats/admin',
      'http://localhost/cats/admin',
      'http://localhost/cats/1?x',
      'HTTP://other.example/cats',
      'http://localhost',
      'https://user:pass@host:1/cats/admin#f',
      'cats/admin',
      '?cats/admin',
      `/cats/${'x'.repeat(90)}`,
      `/cats/${'x'.repeat(101)}`,
      `/cats/${'x'.repeat(9000)}`,
      `/${'cats/'.repeat(500)}`,
    ])('GET %s', async (path) => {
      const { ran, policy } = await look(app, 'GET', path);
      expect([path.slice(0, 60), policy]).toEqual([path.slice(0, 60), typeof ran === 'string' ? ran : unserved(path)]);
      expect(ran).not.toBe(500);
      expect(log.ofCors('error')).toEqual([]);
    });

    /** Express finds the route, and then fails to decode its parameter: the 400 is that route's. */
    function unserved(path: string): string | undefined {
      return way.isExpress && ['/cats/%ff', '/cats/%zz', '/cats/%'].includes(path) ? 'read' : undefined;
    }

    it.each([
      ['GET', '/cats/%61dmin', way.isExpress ? 'read' : 'admin'],
      ['GET', '/Cats/ADMIN', way.isExpress ? 'admin' : 404],
      ['GET', 'http://elsewhere.example/cats/admin', 'admin'],
      ['PUT', '/cats/1/toys/a%2Fb?c', 'toy'],
    ])('and so is the preflight’s: %s %s', async (method, path, name) => {
      const seen = await look(app, method, path);
      expect(seen).toEqual(typeof name === 'string' ? allOf(name) : { ran: 404, policy: undefined, preflight: 404 });
    });

    it('a target of raw bytes is no exception', async () => {
      for (const target of ['/cats/\xe4\xf6', '/cats/%00', '/cats/\xff%', '/\x80cats']) {
        const [answer] = await sendBytes(app.port, requestText(`GET ${target}`, `Origin: ${APP}`));
        const ran = reached.at(-1);
        expect([400, 404, 200]).toContain(answer?.status);
        expect(answer?.cors[ACEH]).toBe(answer?.status === 400 ? answer?.cors[ACEH] : ran);
        reached.length = 0;
      }
      expect(log.ofCors('error')).toEqual([]);
    });
  },
);
