import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { HOSTS, type PageName } from '../scenarios/page-name.js';
import type { Scenario, Step } from '../scenarios/scenario.js';
import { Journal } from './journal.js';
import { PAGE_HTML, PAGE_SCRIPT } from './page-files.js';
import type { OriginsOfPages } from './page-origins.js';
import { type Platform, PLATFORMS, startScenarioApp } from './scenario-app.js';

/** Everything the pages are and talk to: two servers of pages, and one app per platform, once more with `debug`. */
export class Stage {
  readonly journal = new Journal();
  private readonly apps = new Map<string, { readonly app: INestApplication; readonly port: number }>();
  private readonly pageServers: Server[] = [];

  /** @throws whatever keeps an app from starting: a policy with a mistake, for one. */
  async open(): Promise<void> {
    this.pageServers.push(await startPageServer(), await startPageServer());
    for (const platform of PLATFORMS) {
      for (const debug of [false, true]) {
        const started = await startScenarioApp(platform, this.pages, { journal: this.journal, debug });
        this.apps.set(`${platform} ${debug}`, started);
      }
    }
  }

  async close(): Promise<void> {
    for (const { app } of this.apps.values()) {
      const server: Server = app.getHttpServer();
      server.closeAllConnections();
      await app.close();
    }
    for (const server of this.pageServers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get pages(): OriginsOfPages {
    const [port, other] = this.pageServers.map(portOf);
    return {
      app: `http://localhost:${port}`,
      'other-port': `http://localhost:${other}`,
      tenant: `http://app.tenant.localhost:${port}`,
      'deep-tenant': `http://a.b.tenant.localhost:${port}`,
      apex: `http://tenant.localhost:${port}`,
      lookalike: `http://eviltenant.localhost:${port}`,
      address: `http://127.0.0.1:${port}`,
    };
  }

  /** Where a browser finds the page; the frames without an origin are within `app`. */
  pageUrl(page: PageName, platform: Platform, debug: boolean): string {
    if (page === 'api') {
      return `${this.origin(HOSTS.api, platform, debug)}/page`;
    }
    return `${this.pages[page === 'sandboxed' || page === 'data' ? 'app' : page]}/page`;
  }

  /** Pages of the API itself that leave cookies, one on every name of the server. A cookie is for all ports. */
  get visits(): readonly string[] {
    return Object.values(HOSTS).map((host) => `${this.origin(host, 'Express', false)}/visit`);
  }

  urlOf({ host = 'api', path }: Step, platform: Platform, { debug = false }: Scenario, run: string): string {
    // Cookies know no ports: what one app sets at a path of its own, the other is not sent.
    const url = new URL(path.replace(':platform', platform), this.origin(HOSTS[host], platform, debug));
    url.searchParams.set('run', run);
    return url.href;
  }

  private origin(host: string, platform: Platform, debug: boolean): string {
    const started = this.apps.get(`${platform} ${debug}`);
    if (started === undefined) {
      throw new Error(`The app on ${platform} has not been started`);
    }
    return `http://${host}:${started.port}`;
  }
}

/** Each name and port of it is an origin. */
async function startPageServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/scenario-runner.js';
    const status = isScript || request.url === '/page' ? 200 : 404;
    response.writeHead(status, { 'Content-Type': `text/${isScript ? 'javascript' : 'html'}; charset=utf-8` });
    response.end(isScript ? PAGE_SCRIPT : PAGE_HTML);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
