import { describe, expect, it } from '@jest/globals';

import { DISPUTED, PathList, type PathEntry } from '../../lib/routing/path-list.js';

describe('the list of paths', () => {
  it('finds the first entry that matches, in the order written', () => {
    const list = listOf(entry('/a/b'), entry('/a{/*rest}'), entry('/a/c'));
    expect(valueAt(list, '/a/b')).toBe('/a/b');
    expect(valueAt(list, '/a/c')).toBe('/a{/*rest}');
    expect(valueAt(list, '/a')).toBe('/a{/*rest}');
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

  it.each(['/admin', '/ADMIN/', '/admin/x', '/admin//x', '/admin/a%20b', '/admin/%C3%A9', '/admin/.x/'])(
    'gives %s to its entry, as both readings do',
    (pathname) => {
      const list = listOf(entry('/admin{/*rest}'));
      expect(valueAt(list, pathname)).toBe('/admin{/*rest}');
    },
  );

  it.each([
    '/%61dmin/x',
    '//admin',
    '/%2Fadmin',
    '/.//admin/x',
    '/%2e%2fadmin/x',
    '/x%2f..%2fadmin/x',
    '/x/%2E%2E/admin',
    '/x%5C..%5Cadmin',
    '/\\admin',
    '/admin/..%2fother',
    '/admin/%2e%2e/other',
    '/admin/../other',
    '/admin/x%2f..%2f..%2fother',
    '/admin/..%5Cother',
  ])('disputes %s, which is in the entry as it was sent or as others read it, but not both', (pathname) => {
    expect(listOf(entry('/admin{/*rest}')).find('GET', pathname)).toBe(DISPUTED);
  });

  it('disputes what two entries claim, one as it was sent and one as others read it', () => {
    const list = listOf(entry('/public{/*rest}'), entry('/admin{/*rest}'));
    expect(list.find('GET', '/public/..%2fadmin')).toBe(DISPUTED);
    expect(list.find('GET', '/public/..%2fpublic')).toBe(list.at('/public')[0]);
  });

  it('judges both readings by the method, too', () => {
    const list = listOf(entry('/admin', 'PUT'));
    expect(list.find('PUT', '/%61dmin')).toBe(DISPUTED);
    expect(list.find('GET', '/%61dmin')).toBeUndefined();
  });

  it('lists the entries of either reading', () => {
    const list = listOf(entry('/public{/*rest}'), entry('/admin'), entry('/other'));
    expect(list.at('/public/..%2fadmin').map(({ value }) => value)).toEqual(['/public{/*rest}', '/admin']);
  });

  it('decodes once, as servers do', () => {
    expect(listOf(entry('/admin')).find('GET', '/%2561dmin')).toBeUndefined();
  });

  it('throws nothing at an escape that cannot be decoded', () => {
    const list = listOf(entry('/a/:x'));
    expect(valueAt(list, '/a/%zz')).toBe('/a/:x');
    expect(list.find('GET', '/b/%zz')).toBeUndefined();
  });
});

function entry(path: string, ...methods: readonly string[]): PathEntry<string> {
  return { path, methods: methods.length === 0 ? undefined : new Set(methods), value: path };
}

function listOf(...entries: readonly PathEntry<string>[]): PathList<string> {
  return new PathList(entries);
}

function valueAt(list: PathList<string>, pathname: string): string | typeof DISPUTED | undefined {
  const found = list.find('GET', pathname);
  return found === DISPUTED ? found : found?.value;
}

function methodsAt(list: PathList<string>, method: string): readonly string[] | undefined {
  const found = list.find(method, '/a');
  return found === DISPUTED || found?.methods === undefined ? undefined : [...found.methods];
}
