import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { thrownText } from '../policy/mistakes/safe-text.js';
import { CORS_APPLICATION, requireApplication } from '../nest/application.provider.js';
import { CorsService } from '../nest/cors.service.js';
import { AppLog } from '../nest/report/app-log.js';
import { refusalOf } from './admission.js';
import { INSPECTOR_SETTINGS } from './inspector.constants.js';
import type { ExplanationReport, PolicyReport, RefusalReport } from './inspector-data.js';
import { requireSetup, type InspectorSettings } from './inspector.options.js';
import { ICON, PAGE_HEADERS, pageDocument } from './page-document.js';
import { pageFiles } from './page-files.js';
import { questionsOf } from './questions.js';
import { RefusalTally } from './refusal-tally.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Headers besides those of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

const TEXT = 'text/plain; charset=utf-8';
const NOT_FOUND: Answer = { status: 404, type: TEXT, body: 'Not found.\n' };

/** A page of another origin cannot send it without a preflight, which is refused. Links and images cannot send it at all. */
const OWN_HEADER = 'x-cors-inspector';

/**
 * Answers the requests of the inspector's page if they are admitted.
 *
 * What Nest and the page's routes call are functions, not methods: they may be called on a proxy, or on an object that is derived
 * from this one, which do not have its private members.
 */
@Injectable()
export class Inspector implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #settings: InspectorSettings;
  readonly #tally = new RefusalTally();
  readonly #log = new AppLog(new Logger('CorsInspectorModule'));
  #hasSaid = false;
  #clock: NodeJS.Timeout | undefined;

  constructor(
    @Inject(INSPECTOR_SETTINGS) holder: unknown,
    @Inject(CORS_APPLICATION) private readonly application: unknown,
    @Inject(CorsService) private readonly cors: CorsService,
  ) {
    this.#settings = requireSetup(holder);
  }

  /** The policies are known by now, and no request has arrived. */
  readonly onApplicationBootstrap = (): void => {
    const { appPolicies } = requireApplication(this.application, 'CorsInspectorModule');
    appPolicies.requestLog.counters.push(this.#tally);
    this.#tally.tick();
    this.#clock = setInterval(() => this.#tally.tick(), 1000).unref();
  };

  readonly onModuleDestroy = (): void => {
    clearInterval(this.#clock);
  };

  /** Never rejects. */
  readonly answer = async (request: IncomingMessage, response: ServerResponse, url: string): Promise<void> => {
    const refusal = await refusalOf(request, this.#settings, (why) => this.#sayOnce(why));
    const answer =
      refusal === undefined
        ? await this.#answerTo(request, url)
        : { status: refusal.status, type: TEXT, body: `${refusal.text}\n` };
    if (response.headersSent || response.destroyed) {
      return;
    }
    response.writeHead(answer.status, {
      ...PAGE_HEADERS,
      'Content-Type': answer.type,
      'Content-Length': Buffer.byteLength(answer.body),
      ...answer.headers,
    });
    response.end(answer.body);
  };

  async #answerTo(request: IncomingMessage, url: string): Promise<Answer> {
    try {
      return await this.#resource(request, url);
    } catch (error) {
      return { status: 422, type: TEXT, body: `${thrownText(error)}\n` };
    }
  }

  async #resource(request: IncomingMessage, url: string): Promise<Answer> {
    const [pathname = '', query = ''] = url.split('?', 2);
    const folder = this.#settings.path.split('/').at(-1) ?? '';
    const segments = pathname.split('/');
    const last = segments.at(-1)?.toLowerCase();
    if (last === '') {
      return { ...NOT_FOUND, status: 308, headers: { Location: `../${folder}` } };
    }
    if (last?.endsWith('.json') === true) {
      return request.headers[OWN_HEADER] === undefined ? NOT_FOUND : this.#data(last, new URLSearchParams(query));
    }
    switch (last ?? '') {
      case folder.toLowerCase():
        return { status: 200, type: 'text/html; charset=utf-8', body: pageDocument(folder) };
      case 'inspector.js':
        return { status: 200, type: 'text/javascript; charset=utf-8', body: pageFiles().script };
      case 'inspector.css':
        return { status: 200, type: 'text/css; charset=utf-8', body: pageFiles().style };
      case 'inspector.svg':
        return { status: 200, type: 'image/svg+xml', body: ICON };
      default:
        return NOT_FOUND;
    }
  }

  async #data(file: string, query: URLSearchParams): Promise<Answer> {
    switch (file) {
      case 'policies.json':
        return json(this.#policies());
      case 'explanation.json':
        return json(await this.#explanation(query));
      case 'refusals.json':
        return json(this.#refusals(query));
      default:
        return NOT_FOUND;
    }
  }

  #policies(): PolicyReport {
    return { routes: this.cors.routes(), paths: this.cors.paths(), root: this.cors.rootPolicy() };
  }

  async #explanation(query: URLSearchParams): Promise<ExplanationReport> {
    const { preflight, request } = questionsOf(query);
    const options = { askResolvers: query.has('ask') };
    return {
      preflight: preflight && (await this.cors.explain(preflight, options)),
      request: await this.cors.explain(request, options),
    };
  }

  #refusals(query: URLSearchParams): RefusalReport | Pick<RefusalReport, 'revision'> {
    const { revision } = this.#tally;
    return query.get('since') === String(revision) ? { revision } : this.#tally.report();
  }

  #sayOnce(why: string): void {
    if (!this.#hasSaid) {
      this.#hasSaid = true;
      this.#log.error(`allow() failed, and the request was refused: ${why}. Later failures are not logged.`);
    }
  }
}

function json(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}
