/** The site as `npm run docs` has built it, and a server for it as static hosts have them. */
import { afterAll, beforeAll } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';

export const SITE = fileURLToPath(new URL('../../../docs/.vitepress/dist/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** What is needed of it; the tests have no types of a browser. */
interface ParsedDocument {
  querySelectorAll(selector: string): Iterable<{ getAttribute(name: string): string | null }>;
}

export interface BuiltPage {
  /** `/`, `/guides/cookies`, `/api/`. */
  readonly path: string;
  readonly ids: ReadonlySet<string>;
  /** Where its links lead, as they are written. */
  readonly links: readonly string[];
  /** What the browser fetches for it: scripts, styles, images, frames. */
  readonly resources: readonly string[];
}

export function builtFiles(extension: string): string[] {
  if (!existsSync(`${SITE}index.html`)) {
    throw new Error('the site is not built: npm run docs');
  }
  return readdirSync(SITE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .toSorted();
}

export function builtPages(): BuiltPage[] {
  return builtFiles('.html').map((file) => {
    const { document } = parseHTML(readFileSync(`${SITE}${file}`, 'utf8')) as unknown as { document: ParsedDocument };
    const all = (selector: string, name: string): string[] =>
      [...document.querySelectorAll(selector)].map((element) => element.getAttribute(name) ?? '');
    return {
      path: `/${file}`.replace(/(?<=\/)index\.html$|\.html$/, ''),
      ids: new Set([...all('[id]', 'id'), '']),
      links: all('a[href]', 'href'),
      resources: [...all('link[href]', 'href'), ...all('[src]', 'src'), ...all('[srcset]', 'srcset')],
    };
  });
}

/** Whether the code of the site has taken a page over: an expression for the page. */
export const IS_ALIVE = `document.querySelector('#app')?.__vue_app__ !== undefined`;

/** What a page may do at most: nothing from elsewhere, no inline script but VitePress's two, no eval. */
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    // By this Firefox judges what is fetched in advance; all else that a page may load has a line of its own.
    "default-src 'self'",
    ...['font', 'frame', 'manifest', 'media', 'object', 'worker'].map((kind) => `${kind}-src 'none'`),
    `script-src 'self' ${scripts.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The first script of a page, in engines that tell a test nothing: what goes wrong, and what the policy of its content blocks. */
const NOTES_PROBLEMS = `<script>
  window.problems = [];
  addEventListener('error', ({ message, target }) => problems.push(message ?? target.outerHTML), true);
  addEventListener('unhandledrejection', ({ reason }) => problems.push(String(reason)));
  addEventListener('securitypolicyviolation', ({ blockedURI }) => problems.push('blocked: ' + blockedURI));
  for (const kind of ['error', 'warn']) {
    console[kind] = (...said) => problems.push(said.join(' '));
  }
</script>`;

/** The origin of the site, as long as the tests run that surround the call. */
export function servedSite(notesProblems = false): () => string {
  let site: Awaited<ReturnType<typeof serveSite>>;
  beforeAll(async () => {
    site = await serveSite(notesProblems ? NOTES_PROBLEMS : '');
  });
  afterAll(() => {
    site.server.close();
  });
  return () => site.origin;
}

/** Serves `/start` from `start.html`, and what is not there as 404 with the page for that. */
async function serveSite(firstScript: string): Promise<{ readonly origin: string; readonly server: Server }> {
  const files = new Set(builtFiles(''));
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://site').pathname).slice(1);
    const file = [path, `${path}.html`, `${path}index.html`].find((one) => files.has(one) && extname(one) !== '');
    const body = readFileSync(`${SITE}${file ?? '404.html'}`);
    const type = TYPES[extname(file ?? '404.html')] ?? 'application/octet-stream';
    const status = file === undefined ? 404 : 200;
    if (type.startsWith('text/html')) {
      const html = body.toString().replace('<head>', `<head>${firstScript}`);
      response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': contentSecurityPolicy(html) });
      response.end(html);
    } else {
      response.writeHead(status, { 'Content-Type': type }).end(body);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
