import { describe, expect, it } from '@jest/globals';

import { PathList, type PathEntry } from '../../lib/routing/path-list.js';

describe('the list of paths', () => {
  it('finds the first entry that matches, in the order written', () => {
    const list = listOf(entry('/a/b'), entry('/a{/*rest}'), entry('/a/c'));
    expect(list.find('GET', '/a/b')?.value).toBe('/a/b');
    expect(list.find('GET', '/a/c')?.value).toBe('/a{/*rest}');
    expect(list.find('GET', '/a')?.value).toBe('/a{/*rest}');
    expect(list.find('GET', '/ab')).toBeUndefined();
    expect(new PathList([]).find('GET', '/a')).toBeUndefined();
  });

  it('passes by entries for other methods, and takes HEAD for GET', () => {
    const list = listOf(entry('/a', 'POST'), entry('/a', 'GET'), entry('/a', 'PUT', 'HEAD'), entry('/a'));
    expect(methodsAt(list, 'POST')).toEqual(['POST']);
    expect(methodsAt(list, 'GET')).toEqual(['GET']);
    expect(methodsAt(list, 'HEAD')).toEqual(['GET']);
    expect(methodsAt(list, 'PUT')).toEqual(['PUT', 'HEAD']);
    expect(methodsAt(list, 'DELETE')).toBeUndefined();
    expect(methodsAt(list, 'put')).toBeUndefined();
  });

  it('serves HEAD by an entry that names it alone', () => {
    const list = listOf(entry('/a', 'HEAD'));
    expect(methodsAt(list, 'HEAD')).toEqual(['HEAD']);
    expect(list.find('GET', '/a')).toBeUndefined();
  });

  it('lists every entry at a path, whatever its methods', () => {
    const list = listOf(entry('/a', 'PUT'), entry('/b'), entry('/:x', 'GET'), entry('/c'));
    expect(list.at('/a').map(({ value }) => value)).toEqual(['/a', '/:x']);
    expect(list.at('/a/b')).toEqual([]);
    expect(new PathList([]).at('/a')).toEqual([]);
  });

  it.each([
    '/admin',
    '/ADMIN/',
    '/%61dmin/x',
    '//admin',
    '/admin//x',
    '/%2Fadmin',
    '/.//admin/x',
    '/%2e%2fadmin/x',
    '/x%2f..%2fadmin/x',
    '/x/%2E%2E/admin',
    '/x%5C..%5Cadmin',
    '/\\admin',
  ])('is not slipped past by %s', (pathname) => {
    expect(listOf(entry('/admin{/*rest}')).find('GET', pathname)?.value).toBe('/admin{/*rest}');
  });

  it('matches what was sent, too, where decoding makes something else of it', () => {
    expect(listOf(entry('/a/:x')).find('GET', '/a/b%2Fc')?.value).toBe('/a/:x');
    expect(listOf(entry('/%61')).find('GET', '/%61')?.value).toBe('/%61');
  });

  it('decodes once, as servers do', () => {
    expect(listOf(entry('/admin')).find('GET', '/%2561dmin')).toBeUndefined();
  });

  it('throws nothing at an escape that cannot be decoded', () => {
    const list = listOf(entry('/a/:x'));
    expect(list.find('GET', '/a/%zz')?.value).toBe('/a/:x');
    expect(list.find('GET', '/b/%zz')).toBeUndefined();
  });
});

function entry(path: string, ...methods: readonly string[]): PathEntry<string> {
  return { path, methods: methods.length === 0 ? undefined : new Set(methods), value: path };
}

function listOf(...entries: readonly PathEntry<string>[]): PathList<string> {
  return new PathList(entries);
}

function methodsAt(list: PathList<string>, method: string): readonly string[] | undefined {
  const methods = list.find(method, '/a')?.methods;
  return methods && [...methods];
}
