import { HOSTS, type HostName } from '../scenarios/page-name.js';

/** The query of a redirecting URL. */
export interface Hop {
  readonly run?: string;
  /** Default 302. */
  readonly status?: string;
  /** Where to go, one after the other: `cdn/own,address/everyone`. Of the last one, more path may follow: `cdn/own/guarded`. */
  readonly to: string;
}

/** Leads to the first stop, and by that to the rest. The stop `page` is the asking page's own origin, `userinfo` one with a password. */
export function nextHop(headers: Readonly<Record<string, string | undefined>>, { run = '', status, to }: Hop): object {
  const [stop = '', ...rest] = to.split(',');
  const [host = '', policy = '', ...path] = stop.split('/');
  const port = /:\d+$/.exec(headers['host'] ?? '')?.[0] ?? '';
  const url = new URL(originOf(host, port, headers['origin'] ?? ''));
  url.pathname = ['/p', policy, ...(rest.length > 0 ? ['hops'] : path)].join('/');
  url.searchParams.set('run', run);
  if (rest.length > 0) {
    url.searchParams.set('to', rest.join(','));
  }
  if (rest.length > 0 && status !== undefined) {
    url.searchParams.set('status', status);
  }
  return { url: url.href, statusCode: Number(status ?? 302) };
}

function originOf(host: string, port: string, page: string): string {
  if (host === 'page') {
    return page;
  }
  if (host === 'userinfo') {
    return `http://user:password@${HOSTS.cdn}${port}`;
  }
  return `http://${HOSTS[host as HostName]}${port}`;
}
