import { type BrowserOptions, type Page, pageAt, type PageBody } from 'nestjs-cors/testing';
import { VISIT_COOKIES } from '../stage/visit.controller.js';
import type { BodyPlan } from '../scenarios/scenario.js';
import type { Engine, SeenByKey, SeenStep, Tab, Task } from './engine.js';

type TaskStep = Task['steps'][number];

/** The browser in a box: what the three others are compared with. */
export class PageAtEngine implements Engine {
  readonly version = '';
  private readonly browser: Page;

  constructor(options: BrowserOptions = {}) {
    this.browser = pageAt('null', options);
  }

  async visit(url: string): Promise<void> {
    for (const cookie of VISIT_COOKIES) {
      this.browser.cookies.set(cookie, url);
    }
  }

  async run({ url, frame, tasks }: Tab): Promise<SeenByKey> {
    const page = this.browser.open(frame === undefined ? new URL(url).origin : 'null');
    const seen: Record<string, SeenStep[]> = {};
    for (const { key, steps } of tasks) {
      const observations: SeenStep[] = [];
      for (const step of steps) {
        observations.push(await observe(page, step));
      }
      seen[key] = observations;
    }
    return seen;
  }

  async close(): Promise<void> {}
}

const CALLS: Readonly<Record<TaskStep['call'], (page: Page, step: TaskStep) => Promise<SeenStep>>> = {
  fetch: call,
  'event-source': listen,
  'web-socket': openSocket,
  'socket-io-websocket': joinByWebSocket,
  'socket-io-polling': joinByPolling,
};

async function observe(page: Page, step: TaskStep): Promise<SeenStep> {
  try {
    return await CALLS[step.call](page, step);
  } catch (error) {
    // All that a page gets, whatever stood in the way.
    if (!(error instanceof TypeError)) {
      throw error;
    }
    return step.call === 'fetch'
      ? { verdict: 'blocked', error: 'TypeError', message: error.message }
      : { verdict: 'blocked' };
  }
}

async function call(page: Page, { url, init, body }: TaskStep): Promise<SeenStep> {
  const response = await page.fetch(url, url, { ...init, ...(body && { body: makeBody(body) }) });
  const { type, status, redirected, headers } = response;
  const verdict = type === 'opaque' || type === 'opaqueredirect' ? 'opaque' : 'readable';
  return { verdict, type, status, redirected, headers: [...headers], text: await response.text() };
}

/** An EventSource asks by fetch(), too. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource */
async function listen(page: Page, { url, init }: TaskStep): Promise<SeenStep> {
  const credentials = init.credentials === 'include' ? 'include' : 'same-origin';
  const response = await page.fetch(url, url, { headers: { Accept: 'text/event-stream' }, credentials });
  const isStream =
    response.status === 200 && (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  const text = await response.text();
  if (!isStream) {
    return { verdict: 'blocked' };
  }
  return { verdict: 'readable', text: /^data: ?(.*)$/m.exec(text)?.[1] ?? '' };
}

async function openSocket(page: Page, { url, init }: TaskStep): Promise<SeenStep> {
  const { protocol } = await page.connect(url, url, init.protocols);
  return { verdict: 'readable', text: protocol };
}

/** There is one namespace at each server, with the policy of its handshake. */
async function joinByWebSocket(page: Page, { url }: TaskStep): Promise<SeenStep> {
  await page.connect(url, url);
  return { verdict: 'readable' };
}

/** As the pages do it. */
async function joinByPolling(page: Page, { url }: TaskStep): Promise<SeenStep> {
  const opened = await (await page.fetch(url, url)).text();
  if (!opened.startsWith('0{')) {
    return { verdict: 'blocked' };
  }
  const { sid } = JSON.parse(opened.slice(1)) as { readonly sid: string };
  const session = `${url}&sid=${sid}`;
  await page.fetch(session, session, { method: 'POST', body: '40' });
  const joined = await (await page.fetch(session, session)).text();
  await page.fetch(session, session, { method: 'POST', body: '1' });
  return { verdict: joined.startsWith('40{') ? 'readable' : 'blocked' };
}

function makeBody(plan: BodyPlan): PageBody {
  if (plan.kind === 'text') {
    return plan.text;
  }
  if ('fields' in plan) {
    return plan.kind === 'form' ? makeForm(plan.fields) : new URLSearchParams(plan.fields);
  }
  if (plan.kind === 'stream') {
    throw new TypeError('A ReadableStream is not taken');
  }
  const bytes = new Uint8Array(plan.size);
  return plan.kind === 'blob' ? new Blob([bytes], { type: plan.type }) : bytes;
}

function makeForm(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.append(name, new Blob([value]), `${name}.txt`);
  }
  return form;
}
