import type { Facts } from '../../../page/picture/types.js';

interface Shown {
  readonly title: string;
  readonly facts: Facts;
}

const PAGE = 'https://app.example.com';
const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** What the landing page draws. A test sends the requests to the program of that page, and compares. */
export const EXCHANGES = {
  rename: {
    title: 'PUT',
    facts: {
      asked: {
        method: 'PUT',
        path: '/cats/1',
        headers: { 'Content-Type': 'application/json' },
        body: '{"name":"Tom"}',
        credentials: true,
      },
      origin: PAGE,
      exchanges: [
        {
          method: 'OPTIONS',
          headers: [
            ['Origin', PAGE],
            ['Access-Control-Request-Method', 'PUT'],
            ['Access-Control-Request-Headers', 'content-type'],
          ],
          answer: {
            status: 204,
            reason: 'No Content',
            headers: [
              ['Access-Control-Allow-Origin', PAGE],
              ['Access-Control-Allow-Credentials', 'true'],
              ['Access-Control-Allow-Methods', 'PUT'],
              ['Access-Control-Allow-Headers', 'content-type'],
              ['Vary', VARY],
            ],
          },
        },
        {
          method: 'PUT',
          headers: [
            ['Origin', PAGE],
            ['Content-Type', 'application/json'],
          ],
          answer: {
            status: 200,
            reason: 'OK',
            headers: [
              ['Access-Control-Allow-Origin', PAGE],
              ['Access-Control-Allow-Credentials', 'true'],
              ['Vary', 'Origin'],
            ],
          },
        },
      ],
      outcome: { read: true, status: '200 OK', headers: [], body: 'renamed' },
    },
  },
  remove: {
    title: 'DELETE',
    facts: {
      asked: { method: 'DELETE', path: '/cats/1', credentials: true },
      origin: PAGE,
      exchanges: [
        {
          method: 'OPTIONS',
          headers: [
            ['Origin', PAGE],
            ['Access-Control-Request-Method', 'DELETE'],
          ],
          answer: { status: 403, reason: 'Forbidden', headers: [['Vary', VARY]] },
        },
      ],
      outcome: { read: false, error: 'TypeError: Failed to fetch' },
      diagnosis: {
        step: 'origin',
        text: 'CatsController.remove is closed to pages of other origins.',
        cures: [],
      },
    },
  },
  list: {
    title: 'GET',
    facts: {
      asked: { method: 'GET', path: '/cats' },
      origin: 'https://anyone.example',
      exchanges: [
        {
          method: 'GET',
          headers: [['Origin', 'https://anyone.example']],
          answer: { status: 200, reason: 'OK', headers: [['Access-Control-Allow-Origin', '*']] },
        },
      ],
      outcome: { read: true, status: '200 OK', headers: [], body: '["Tom","Kitty"]' },
    },
  },
} as const satisfies Readonly<Record<string, Shown>>;
