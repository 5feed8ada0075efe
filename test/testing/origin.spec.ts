import { describe, expect, it } from '@jest/globals';
import { isLoopback, isSameOrigin, isSameSite, isTrustworthy, parseOrigin } from '../../lib/testing/origin.js';

describe('an origin', () => {
  it.each([
    'https://app.example.com',
    'http://localhost:4200',
    'https://[::1]:8443',
    'http://127.0.0.1',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnop',
    'null',
  ])('is taken as browsers write it: %s', (origin) => {
    expect(parseOrigin(origin)).toBe(origin);
  });

  it.each([
    ['https://app.example.com/', 'write "https://app.example.com"'],
    ['https://App.example.com', 'write "https://app.example.com"'],
    ['https://app.example.com:443', 'write "https://app.example.com"'],
    ['http://app.example.com/cats?x#y', 'write "http://app.example.com"'],
    ['https://user@app.example.com', 'write "https://app.example.com"'],
    ['app.example.com', 'write "https://app.example.com", or "null"'],
    ['', 'write "https://app.example.com", or "null"'],
    ['Null', 'write "https://app.example.com", or "null"'],
    ['capacitor://localhost/', 'write "https://app.example.com", or "null"'],
    ['Capacitor://localhost', 'write "https://app.example.com", or "null"'],
    ['x capacitor://localhost', 'write "https://app.example.com", or "null"'],
    ['capacitor://[broken', 'write "https://app.example.com", or "null"'],
    ['data:text/html', 'write "https://app.example.com", or "null"'],
    ['*', 'write "https://app.example.com", or "null"'],
  ])('is refused in any other spelling, with the right one: %s', (text, cure) => {
    expect(() => parseOrigin(text)).toThrow(
      new TypeError(`${JSON.stringify(text)} is not an origin as browsers write it: ${cure}`),
    );
  });

  it('is the same as itself, unless it is opaque', () => {
    expect(isSameOrigin('https://a.example', 'https://a.example')).toBe(true);
    expect(isSameOrigin('https://a.example', 'http://a.example')).toBe(false);
    expect(isSameOrigin('https://a.example', 'https://a.example:8443')).toBe(false);
    expect(isSameOrigin('null', 'null')).toBe(false);
  });
});

describe('two origins', () => {
  it.each([
    ['https://app.example.com', 'https://api.example.com'],
    ['https://example.com', 'https://a.b.example.com:8443'],
    ['https://a.example.co.uk', 'https://example.co.uk'],
    ['http://localhost:1', 'http://localhost:2'],
    ['http://a.tenant.localhost', 'http://b.tenant.localhost'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:2'],
    ['https://github.io', 'https://github.io:1'],
    ['https://app.example.com.', 'https://api.example.com.'],
  ])('are of one site: %s and %s', (a, b) => {
    expect(isSameSite(a, b)).toBe(true);
  });

  it.each([
    ['https://app.example.com', 'http://app.example.com'],
    ['https://a.example.com', 'https://a.example.org'],
    ['https://a.co.uk', 'https://b.co.uk'],
    ['https://a.github.io', 'https://b.github.io'],
    ['http://localhost', 'http://127.0.0.1'],
    ['http://127.0.0.1', 'http://127.0.0.2'],
    ['https://a.example', 'null'],
    ['null', 'https://a.example'],
    ['null', 'null'],
    ['capacitor://localhost', 'http://localhost'],
    ['https://app.example.com', 'https://api.example.com.'],
    ['https://app.example.com.', 'https://app.example.com'],
    ['https://a.github.io.', 'https://b.github.io.'],
    ['http://localhost', 'http://localhost.'],
  ])('are of two sites: %s and %s', (a, b) => {
    expect(isSameSite(a, b)).toBe(false);
  });
});

describe('a URL', () => {
  it.each([
    'http://localhost',
    'http://a.b.localhost:1/x',
    'http://localhost.',
    'http://a.localhost.:1/x',
    'http://127.0.0.1',
    'http://127.255.0.9:1',
    'http://[::1]:1',
  ])('is loopback: %s', (url) => {
    expect(isLoopback(new URL(url))).toBe(true);
    expect(isTrustworthy(new URL(url))).toBe(true);
  });

  it.each([
    'http://example.com',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://128.0.0.1',
    'http://1.127.0.0.1.example',
    'http://127.0.0.1.example',
    'http://[::2]',
  ])('is not: %s', (url) => {
    expect(isLoopback(new URL(url))).toBe(false);
    expect(isTrustworthy(new URL(url))).toBe(false);
  });

  it('is trustworthy wherever it is if it is https', () => {
    expect(isTrustworthy(new URL('https://example.com'))).toBe(true);
  });
});
