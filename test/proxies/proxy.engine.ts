/** A proxy out of Debian's packages, in a folder and on a port of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../tenants/engines/engine.js';
import { findProgram } from '../tenants/engines/find-program.js';
import { freePort } from '../support/free-port.js';

/** Where the proxy listens, and where it keeps what it writes. */
export interface Place {
  readonly port: number;
  readonly folder: string;
}

export interface Kind {
  readonly command: string;
  readonly file: string;
  args(file: string): readonly string[];
  /** The whole configuration around what a page shows. */
  config(shown: string, place: Place): string;
}

export const NGINX: Kind = {
  command: 'nginx',
  file: 'nginx.conf',
  args: (file) => ['-c', file, '-e', 'stderr', '-g', 'daemon off;'],
  config: (shown, { port, folder }) => {
    const [, maps = '', server = shown] = /^([^]*)^server \{\n([^]*)^\}$/m.exec(shown) ?? [];
    const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${folder};`);
    return `pid ${folder}/nginx.pid;
worker_processes 1;
events {}
http {
access_log off;
${kept.join('\n')}
${maps}
server {
listen 127.0.0.1:${port};
${server}
}
}
`;
  },
};

export const CADDY: Kind = {
  command: 'caddy',
  file: 'Caddyfile',
  args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  config: (shown, { port, folder }) => `{
  admin off
  storage file_system ${folder}
}
http://:${port} {
  bind 127.0.0.1
  ${shown}
}
`,
};

export const HAPROXY: Kind = {
  command: 'haproxy',
  file: 'haproxy.cfg',
  args: (file) => ['-db', '-f', file],
  config: (shown, { port }) => `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend all
  bind 127.0.0.1:${port}
  default_backend api
backend api
  ${shown}
`,
};

export class ProxyEngine extends Engine {
  private constructor(
    { command, args }: Kind,
    readonly port: number,
    private readonly folder: string,
    file: string,
  ) {
    super({ command: findProgram(command), args: args(file), env: { XDG_CONFIG_HOME: folder } }, () => listensOn(port));
  }

  /** @param shown - what the page shows, with the application's port instead of 3000. */
  static async create(kind: Kind, shown: string): Promise<ProxyEngine> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), `cors-${kind.command}-`));
    const file = join(folder, kind.file);
    writeFileSync(file, kind.config(shown, { port, folder }));
    // Its worker runs as another user where this one is root.
    execFileSync('chmod', ['-R', 'a+rwX', folder]);
    return new ProxyEngine(kind, port, folder, file);
  }

  override remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function listensOn(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
