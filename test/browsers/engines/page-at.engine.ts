import { type BrowserOptions, type Page, pageAt, type PageRequestInit } from 'nestjs-cors/testing';
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
  const response = await page.fetch(url, url, { ...init, ...(body && makeBody(body)) });
  const { type, status, redirected, headers } = response;
  const verdict = type === 'opaque' || type === 'opaqueredirect' ? 'opaque' : 'readable';
  return { verdict, type, status, redirected, headers: [...headers], text: await response.text() };
}

/** As in a page: the first message, or an error. */
async function listen(page: Page, { url, init }: TaskStep): Promise<SeenStep> {
  const source = page.eventSource(url, url, { withCredentials: init.credentials === 'include' });
  try {
    return await new Promise((resolve) => {
      source.addEventListener('message', (event) => {
        resolve({ verdict: 'readable', text: event instanceof MessageEvent ? String(event.data) : '' });
      });
      source.addEventListener('error', () => resolve({ verdict: 'blocked' }));
    });
  } finally {
    source.close();
  }
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

function makeBody(plan: BodyPlan): Pick<PageRequestInit, 'body' | 'duplex'> {
  if (plan.kind === 'text') {
    return { body: plan.text };
  }
  if ('fields' in plan) {
    return { body: plan.kind === 'form' ? makeForm(plan.fields) : new URLSearchParams(plan.fields) };
  }
  const bytes = new Uint8Array(plan.size);
  if (plan.kind === 'blob') {
    return { body: new Blob([bytes], { type: plan.type }) };
  }
  return plan.kind === 'bytes' ? { body: bytes } : { body: new Blob([bytes]).stream(), duplex: 'half' };
}

function makeForm(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.append(name, new Blob([value]), `${name}.txt`);
  }
  return form;
}
