/** PostgreSQL, with a cluster of its own. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../support/free-port.js';
import { Engine } from './engine.js';
import { findProgram } from './find-program.js';

export class PostgresEngine extends Engine {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    owner: { readonly uid?: number; readonly gid?: number },
  ) {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port,
      fsync: 'off',
    };
    const args = ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    super({ command: findProgram('postgres'), args, ...owner }, () => this.ask('SELECT 1'));
  }

  static async create(): Promise<PostgresEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'cors-postgres-'));
    const owner = ownerOfCluster();
    if (owner.uid !== undefined) {
      chownSync(folder, owner.uid, owner.gid ?? owner.uid);
    }
    const args = ['-D', folder, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
    execFileSync(findProgram('initdb'), args, { cwd: folder, ...owner });
    return new PostgresEngine(await freePort(), folder, owner);
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Over a connection of its own, which is closed then. */
  async ask<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  override remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** PostgreSQL does not run as root: then it runs as the user that its package has made. */
function ownerOfCluster(): { readonly uid?: number; readonly gid?: number } {
  if (userInfo().uid !== 0) {
    return {};
  }
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
