/** What the playground can start from: the three scenarios of MDN's article, and what is asked most often. */
import type { State } from './state.js';

export interface Preset {
  readonly id: string;
  readonly group: 'Asked most often' | 'MDN’s article on CORS';
  readonly title: string;
  /** What is to be seen. */
  readonly lesson: string;
  readonly state: State;
}

const SHOP = 'https://shop.example';

function preset(
  id: string,
  title: string,
  lesson: string,
  application: string,
  fetch: string,
  { origin = SHOP, cookie = '', group = 'Asked most often' }: Partial<Pick<State, 'origin' | 'cookie'> & Preset> = {},
): Preset {
  return {
    id,
    group,
    title,
    lesson,
    state: { application: application.trim(), origin, fetch: fetch.trim(), cookie },
  };
}

const CATS = (root: string, members: string): string => `
CorsModule.forRoot(${root})

@Controller('cats')
export class CatsController {
${members}
}`;

const LIST = `  @Get()
  list() {}`;

const RENAME = `  @Put(':id')
  rename() {}`;

const MDN = { origin: 'http://foo.example', group: 'MDN’s article on CORS' } as const;

export const PRESETS: readonly Preset[] = [
  preset(
    'custom-header',
    'A header of the page’s own',
    'The browser asks about each header that a page adds, and the list names those that are allowed.',
    `
CorsModule.forRoot({
  origin: 'https://shop.example',
  allowedHeaders: ['Content-Type'],
})

@Controller('cats')
export class CatsController {
  @Get()
  list() {}

  @Put(':id')
  @Cors({ maxAge: 600 })
  rename() {}
}`,
    `
fetch('https://api.example.com/cats/1', {
  method: 'PUT',
  headers: { 'Content-Type': 'application/json', 'X-Trace': '7' },
  body: JSON.stringify({ name: 'Tom' }),
})`,
  ),
  preset(
    'star-with-credentials',
    "origin: '*' with credentials: true",
    'Every browser refuses this pair, so the application does not start with it.',
    CATS("{ origin: '*', credentials: true }", LIST),
    `
fetch('https://api.example.com/cats', {
  credentials: 'include',
})`,
  ),
  preset(
    'trailing-slash',
    'A slash at the end of the origin',
    'An origin ends with its host or port, and is compared letter by letter.',
    CATS("{ origin: 'https://shop.example/' }", LIST),
    "fetch('https://api.example.com/cats')",
  ),
  preset(
    'several-origins-in-a-string',
    'Several origins in one string',
    'Access-Control-Allow-Origin can name one origin only: a list lets the application choose it.',
    CATS("{ origin: 'https://shop.example, https://admin.shop.example' }", LIST),
    "fetch('https://api.example.com/cats')",
  ),
  preset(
    'authorization',
    'The Authorization header',
    'A wildcard in the answer never covers Authorization, so the answer names it.',
    CATS("{ origin: 'https://shop.example' }", LIST),
    `
fetch('https://api.example.com/cats', {
  headers: { Authorization: 'Bearer 7f3a' },
})`,
  ),
  preset(
    'cookies-on-localhost',
    'Cookies between two ports of localhost',
    'Two ports are the same site, so the cookie is sent, but two origins: without credentials: true, the page may not read the answer.',
    CATS("{ origin: 'http://localhost:5173' }", LIST),
    `
fetch('http://localhost:3000/cats', {
  credentials: 'include',
})`,
    { origin: 'http://localhost:5173', cookie: 'sid=1; HttpOnly; SameSite=Lax' },
  ),
  preset(
    'method-not-served',
    'The preflight of a PUT is refused',
    'A preflight is answered by the handler that the method would reach, and there is none for PUT.',
    CATS(
      "{ origin: 'https://shop.example' }",
      `  @Patch(':id')
  rename() {}`,
    ),
    `
fetch('https://api.example.com/cats/1', {
  method: 'PUT',
  body: 'Tom',
})`,
  ),
  preset(
    'null-origin',
    'Origin: null, from a file on the disk',
    'Pages without a host have the origin null, as every sandboxed frame has: serve the page from http://localhost.',
    CATS("{ origin: ['https://shop.example', 'http://localhost:5173'] }", LIST),
    "fetch('http://localhost:3000/cats')",
    { origin: 'null' },
  ),
  preset(
    'http-and-https',
    'http here, https there',
    'The scheme is part of an origin.',
    CATS("{ origin: 'https://shop.example' }", LIST),
    "fetch('https://api.example.com/cats')",
    { origin: 'http://shop.example' },
  ),
  preset(
    'error-answers',
    'Errors that the page can read',
    'The headers are on every answer, a 401 of a guard included, so the page sees the status and not a “CORS error”.',
    CATS(
      "{ origin: 'https://shop.example' }",
      `  @Get()
  list() {
    throw new UnauthorizedException();
  }`,
    ),
    "fetch('https://api.example.com/cats')",
  ),
  preset(
    'headers-that-cannot-be-read',
    'response.headers.get() gives null',
    'A page sees a few safelisted headers, and those that exposedHeaders names.',
    CATS(
      "{ origin: 'https://shop.example' }",
      `  @Get()
  @Header('X-Total-Count', '42')
  @Header('ETag', '"7"')
  @Cors({ exposedHeaders: ['X-Total-Count'] })
  list() {}`,
    ),
    "fetch('https://api.example.com/cats')",
  ),
  preset(
    'caches',
    'A cache between page and API',
    'Vary: Origin keeps a cache from giving one page the answer for another, and is merged with the app’s own Vary.',
    CATS(
      "{ origin: ['https://shop.example', 'https://admin.example'] }",
      `  @Get()
  @Header('Cache-Control', 'public, max-age=60')
  @Header('Vary', 'Accept-Language')
  list() {}`,
    ),
    "fetch('https://api.example.com/cats')",
  ),
  preset(
    'no-cors',
    "mode: 'no-cors'",
    'It sends the request, and gives up on reading the answer.',
    CATS("{ origin: 'https://shop.example' }", `${LIST}\n\n${RENAME}`),
    `
fetch('https://api.example.com/cats', {
  mode: 'no-cors',
})`,
  ),
  preset(
    'mdn-simple-request',
    'A simple request',
    'No preflight: the answer says whether the page may read it.',
    `
CorsModule.forRoot({})

@Controller('resources/public-data')
@Cors({ origin: '*' })
export class PublicDataController {
  @Get()
  read() {}
}`,
    "fetch('http://bar.other/resources/public-data/')",
    MDN,
  ),
  preset(
    'mdn-preflighted-request',
    'A request with a preflight',
    'The browser asks about the method and the two headers, and remembers the answer for a day.',
    `
CorsModule.forRoot({})

@Controller('resources/post-here')
@Cors({
  origin: 'http://foo.example',
  allowedHeaders: ['X-PINGOTHER', 'Content-Type'],
  maxAge: 60 * 60 * 24,
})
export class PostHereController {
  @Post()
  take() {}
}`,
    `
fetch('http://bar.other/resources/post-here/', {
  method: 'POST',
  headers: { 'X-PINGOTHER': 'pingpong', 'Content-Type': 'application/xml' },
  body: '<person><name>Arun</name></person>',
})`,
    MDN,
  ),
  preset(
    'mdn-request-with-credentials',
    'A request with credentials',
    'The answer names the origin and allows credentials. Today an http origin with cookies has to be acknowledged.',
    `
CorsModule.forRoot({})

@Controller('resources/credentialed-content')
@Cors({
  origin: 'http://foo.example',
  credentials: true,
  dangerouslyAllow: ['insecure-origin-with-credentials'],
})
export class CredentialedContentController {
  @Get()
  read() {}
}`,
    `
fetch('http://bar.other/resources/credentialed-content/', {
  credentials: 'include',
})`,
    MDN,
  ),
];
