import { describe, expect, it } from '@jest/globals';

import { PathList, isDisputed, type PathClaim, type PathEntry } from '../../lib/routing/path-list.js';
import { DEFAULT_TARGET_SETTINGS, type TargetSettings } from '../../lib/routing/target-readings.js';

/** What Fastify's router does by default. */
const STRICT: Partial<TargetSettings> = { caseSensitive: true, strict: true };

describe('the list of paths', () => {
  it('finds the first entry that matches, in the order written', () => {
    const list = listOf([open('/a/b'), open('/a{/*rest}'), open('/a/c')]);
    expect(said(list, '/a/b')).toBe('/a/b');
    expect(said(list, '/a/c?x')).toBe('/a{/*rest}');
    expect(said(list, '/a')).toBe('/a{/*rest}');
    expect(said(list, '/ab')).toBe('nothing');
    expect(new PathList([], DEFAULT_TARGET_SETTINGS).find('GET', '/a')).toBeUndefined();
  });

  it('passes by entries for other methods, and takes HEAD for GET', () => {
    const list = listOf([open('/a', 'POST'), open('/a', 'GET'), open('/a', 'PUT', 'HEAD'), open('/a')]);
    expect(methodsAt(list, 'POST')).toEqual(['POST']);
    expect(methodsAt(list, 'GET')).toEqual(['GET']);
    expect(methodsAt(list, 'HEAD')).toEqual(['GET']);
    expect(methodsAt(list, 'PUT')).toEqual(['PUT', 'HEAD']);
    expect(methodsAt(list, 'DELETE')).toBeUndefined();
    expect(methodsAt(list, 'put')).toBeUndefined();
  });

  it('serves HEAD by an entry that names it alone', () => {
    const list = listOf([open('/a', 'HEAD')]);
    expect(methodsAt(list, 'HEAD')).toEqual(['HEAD']);
    expect(list.find('GET', '/a')).toBeUndefined();
  });

  it('lists every entry that a target may lead to, whatever its methods', () => {
    const list = listOf([open('/a', 'PUT'), open('/b'), open('/:x', 'GET'), open('/c')]);
    expect(list.at('/a').map(({ value }) => value)).toEqual(['/a', '/:x']);
    expect(list.at('/b/..%2fa').map(({ value }) => value)).toEqual(['/a', '/:x']);
    expect(list.at('/a/b')).toEqual([]);
    expect(list.at(UNREADABLE)).toHaveLength(4);
    expect(list.values()).toEqual(['/a', '/b', '/:x', '/c']);
  });

  it.each([
    '/files',
    '/FILES/',
    '/files/x',
    '/files//x',
    '/files/a%20b',
    '/files/%C3%A9',
    '/files/.x/',
    '/files/a%2fb',
  ])('gives %s to its entry, as every reading does', (target) => {
    expect(said(listOf([open('/files{/*rest}')]), target)).toBe('/files{/*rest}');
  });

  it.each([
    '/%66iles/x',
    '//files',
    '/%2Ffiles',
    '/x%2f..%2ffiles/x',
    '/files/..%2fother',
    '/files/../other',
    '/\\files',
  ])('says of %s that readers differ', (target) => {
    expect(said(listOf([open('/files{/*rest}')]), target)).toBe('/files{/*rest} or nothing');
  });

  it.each([
    ['/admin'],
    ['/ADMIN/x'],
    ['/admin/'],
    ['/admin/../other'],
    ['/%61dmin/x'],
    ['/%2561dmin/x'],
    ['//admin'],
    ['/%2Fadmin'],
    ['/.//admin/x'],
    ['/%2e%2fadmin/x'],
    ['/public/..%2fadmin'],
    ['/public/..%2fadmin/%zz'],
    ['/%zz/..%2fadmin'],
    ['/public/%2e%2e/admin'],
    ['/public/%252e%252e%252fadmin'],
    ['/public%5C..%5Cadmin'],
    ['/public\\..\\admin'],
    ['/\\admin/public'],
    ['//admin/public/x#'],
    ['//host/admin'],
    ['//ho%2fst/%61dmin'],
    ['/\\host/admin'],
    ['http://host/admin'],
    ['HTTP:\\\\host\\admin'],
    ['/admin;x'],
    ['/admin;x/y'],
    ['/adm%69n;%2fx'],
    ['/public;x/..;y/admin'],
    ['/admin%3bx'],
    ['/admin#x'],
    ['/public#/../../admin'],
    ['/admin%23'],
    ['/admin%3fx'],
    ['/admin%00.txt'],
    ['/admin%20'],
    ['/admin./x'],
    ['/ad%09min'],
    ['/public/x%2fy/../../admin'],
    ['/x%2fy/../admin'],
    ['/%EF%BD%81dmin'],
    ['/\u00EF\u00BD\u0081dmin'],
    ['/public%EF%BC%8F..%EF%BC%8Fadmin'],
    ['/%E2%84%AAelvin', '/kelvin'],
    // Double slashes stay with some, and each counts as a segment.
    ['/public/..%2fadmin//..%2f'],
    ['/x//..%2f..%2fadmin'],
    // Slashes may stay encoded where dots do not, and an encoded dot is a dot to URL parsers.
    ['/x%2fy/%2e%2e/admin'],
    ['/x%5cy/.%2E/admin'],
    ['/x%2fy/%2e%2e;/admin'],
    ['/x%2fy/%2e%2e%3b/%61dmin'],
    // URL parsers drop controls at the ends, some file systems what nobody sees.
    ['/admin%1f'],
    ['/admin%01'],
    ['/admin%0c/x'],
    ['/ad%00min'],
    ['/ad%E2%80%8Bmin'],
    ['/admin%EF%BB%BF'],
    // Streams on Windows
    ['/admin::$INDEX_ALLOCATION/x'],
    ['/admin:$I30:$INDEX_ALLOCATION'],
    ['/admin%3a%3a%24DATA'],
    // Compared in upper case, or beside another letter in lower case
    ['/adm%C4%B1n'],
    ['/stra%C3%9Fe', '/STRASSE'],
    ['/%CE%91%CE%A3%CE%91', '/ας{/x}α'],
  ])('closes %s, which some reading leads to a closed entry', (target, path = '/admin{/*rest}') => {
    for (const settings of [{}, STRICT, { joinsSlashes: true }, { cutsAtSemicolon: true }]) {
      const list = listOf([open('/public{/*rest}'), shut(path), open('/{*rest}')], settings);
      const claim = list.find('GET', target);
      const claims = isDisputed(claim) ? claim.claims : [claim];
      expect(claims.map((entry) => entry?.value)).toContain(path);
    }
  });

  it('reads a target once, for however many methods it is asked', () => {
    const read: string[] = [];
    const readUnusual = (url: string): string => {
      read.push(url);
      return url;
    };
    const list = listOf([open('/public{/*rest}'), shut('/admin')], { readUnusual });
    for (const target of ['/public/#1', '/public/#2']) {
      read.length = 0;
      list.find('GET', target);
      const once = read.length;
      list.find('PUT', target);
      list.at(target);
      expect([once > 0, read.length]).toEqual([true, once]);
    }
    listOf([], { readUnusual }).at('/public/#3');
    expect(read).not.toContain('/public/#3');
  });

  it('lets an entry that opens count for what the server reads so, and no more', () => {
    const entries = [open('/Files'), open('/files/*rest')];
    expect(said(listOf(entries), '/files')).toBe('/Files');
    expect(said(listOf(entries, STRICT), '/Files')).toBe('/Files');
    expect(said(listOf(entries, STRICT), '/files')).toBe('/Files or nothing');
    expect(said(listOf(entries, STRICT), '/Files/')).toBe('/Files or nothing');
    expect(said(listOf(entries, { strict: true }), '/files/x/')).toBe('/files/*rest');
    expect(said(listOf(entries), '//files/x')).toBe('/files/*rest or nothing');
    expect(said(listOf(entries, { joinsSlashes: true }), '//files//x')).toBe('/files/*rest');
    expect(said(listOf(entries), '/files;x')).toBe('/Files or nothing');
    expect(said(listOf(entries, { cutsAtSemicolon: true }), '/files;x')).toBe('/Files');
  });

  it.each(['/files{/*rest}', '{/*rest}', '/{:x}{/*rest}'])(
    'takes %s for all below, slash at the end or not',
    (path) => {
      for (const target of ['/files', '/files/', '/files/x/', '/files/x/y']) {
        expect(said(listOf([open(path)], STRICT), target)).toBe(path);
      }
    },
  );

  it('and nothing else for it', () => {
    const list = listOf([open('/files{-*rest}'), open('/a{/:x}'), open('/b/*rest')], STRICT);
    expect(said(list, '/files/')).toBe('/files{-*rest} or nothing');
    expect(said(list, '/a/')).toBe('/a{/:x} or nothing');
    expect(said(list, '/b/')).toBe('nothing');
    expect(said(listOf([open('/files{/*rest}')], STRICT), '/Files/')).toBe('/files{/*rest} or nothing');
  });

  it('reads a slash at the end of a pattern as the server does', () => {
    expect(said(listOf([open('/a/')]), '/a')).toBe('/a/');
    expect(said(listOf([open('/a/')], { strict: true }), '/a')).toBe('/a/ or nothing');
    expect(said(listOf([open('/a/')], { strict: true }), '/a/')).toBe('/a/');
    expect(said(listOf([open('/')], { strict: true }), '/')).toBe('/');
    expect(said(listOf([open('//')], {}), '/')).toBe('nothing');
  });

  it('goes on behind an entry that the server does not read so', () => {
    const list = listOf([open('/Admin'), open('/{*rest}')], STRICT);
    expect(said(list, '/admin')).toBe('/Admin or /{*rest}');
    expect(said(list, '/Admin')).toBe('/Admin');
  });

  it('takes what two entries claim for disputed', () => {
    const list = listOf([open('/public{/*rest}'), open('/admin{/*rest}')]);
    expect(said(list, '/public/..%2fadmin')).toBe('/public{/*rest} or /admin{/*rest}');
    expect(said(list, '/public/..%2fpublic')).toBe('/public{/*rest}');
  });

  it.each(['/public/../admin.\\..', '/%252f%3f/admin%3f', '/;x%3f%2fadmin%3f', '/x/%2e%2e;a/.%00/..%5cadmin%20.'])(
    'lets an entry that closes count for what readers see who do the same in another order: %s',
    (target) => {
      expect(said(listOf([open('/public{/*rest}'), shut('/admin{/*rest}')]), target)).toMatch('/admin{/*rest}');
    },
  );

  it('judges every reading by the method, too', () => {
    const list = listOf([shut('/admin', 'PUT')]);
    expect(said(list, '/%61dmin', 'PUT')).toBe('/admin or nothing');
    expect(said(list, '/%61dmin')).toBe('nothing');
  });

  it.each([
    ['/my file', '/my%20file'],
    ['/my%20file', '/my%20file'],
    ['/café/:x', '/caf%C3%A9/1'],
    ['/caf%c3%a9/:x', '/caf%C3%A9/1'],
    ['/CAFÉ', '/caf%C3%A9'],
    ['/100%25', '/100%25'],
    ['/100%', '/100%25'],
    ['/what%3F', '/what%3F'],
    ['/%61', '/a'],
    ['/日本{/*rest}', '/%E6%97%A5%E6%9C%AC/x'],
    ['/😀', '/%F0%9F%98%80'],
    ['/@:x', '/@me'],
  ])('reads %s as what browsers send, raw or percent-encoded', (pattern, target) => {
    expect(said(listOf([open(pattern)]), target)).toBe(pattern);
  });

  it('says of a target with too many readings that it may be any entry', () => {
    const list = listOf([open('/a'), open('/b', 'PUT'), shut('/c')]);
    expect(said(list, UNREADABLE)).toBe('/a or /c or nothing');
  });

  it('knows a long target that is honest', () => {
    const list = listOf([open('/a/*rest')]);
    expect(said(list, `/a/${'%C3%A9'.repeat(1000)}`)).toBe('/a/*rest');
  });

  it('throws nothing at an escape that cannot be decoded', () => {
    const list = listOf([open('/a/:x')]);
    expect(said(list, '/a/%zz')).toBe('/a/:x');
    expect(said(list, '/b/%zz')).toBe('nothing');
    expect(said(list, '/a/%ff')).toBe('/a/:x');
  });

  it('reads an unusual target as the platform does', () => {
    const list = listOf([open('/{*rest}'), shut('/a')], { readUnusual: () => undefined });
    expect(said(list, 'http://h/x')).toBe('/{*rest}');
    expect(said(list, '*')).toBe('/{*rest} or nothing');
  });
});

/** Made to be read in more ways than anybody can follow. */
const UNREADABLE = `//h/%25;%23${'/..;%252f'.repeat(1500)}`;

function open(path: string, ...methods: readonly string[]): PathEntry<string> {
  return {
    where: path,
    path,
    methods: methods.length === 0 ? undefined : new Set(methods),
    value: path,
    closes: false,
  };
}

function shut(path: string, ...methods: readonly string[]): PathEntry<string> {
  return { ...open(path, ...methods), closes: true };
}

function listOf(entries: readonly PathEntry<string>[], settings: Partial<TargetSettings> = {}): PathList<string> {
  return new PathList(entries, { ...DEFAULT_TARGET_SETTINGS, ...settings });
}

function said(list: PathList<string>, target: string, method = 'GET'): string {
  return claimsOf(list.find(method, target)).join(' or ');
}

function claimsOf(claim: PathClaim<string>): readonly string[] {
  const claims = isDisputed(claim) ? claim.claims : [claim];
  const values = claims.map((entry) => entry?.value);
  return [...values.filter((value) => value !== undefined), ...(values.includes(undefined) ? ['nothing'] : [])];
}

function methodsAt(list: PathList<string>, method: string): readonly string[] | undefined {
  const found = list.find(method, '/a');
  return isDisputed(found) || found?.methods === undefined ? undefined : [...found.methods];
}
