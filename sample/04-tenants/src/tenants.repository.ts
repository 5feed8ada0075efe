import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Connections } from './connections.js';

export interface Tenant {
  readonly name: string;
  readonly origins: readonly string[];
}

/** Two tables: the tenants, and the origins of each. */
@Injectable()
export class TenantsRepository implements OnModuleInit {
  constructor(private readonly connections: Connections) {}

  async onModuleInit(): Promise<void> {
    await this.#run('CREATE TABLE IF NOT EXISTS tenant (name text PRIMARY KEY)');
    await this.#run(`CREATE TABLE IF NOT EXISTS tenant_origin (
      tenant text NOT NULL REFERENCES tenant,
      origin text NOT NULL,
      PRIMARY KEY (tenant, origin)
    )`);
    const here = process.env['PAGE_ORIGIN'] ?? 'http://localhost:8080';
    const there = process.env['STRANGER_ORIGIN'] ?? 'http://localhost:8081';
    await this.#seed('acme', [here, there, 'https://*.acme.example']);
    await this.#seed('globex', [here]);
  }

  async all(): Promise<Tenant[]> {
    return this.#run<Tenant>(
      `SELECT name, array(SELECT origin FROM tenant_origin WHERE tenant = name ORDER BY origin) AS origins
       FROM tenant ORDER BY name`,
    );
  }

  /** Undefined: there is no such tenant. */
  async originsOf(name: string): Promise<readonly string[] | undefined> {
    const [tenant] = await this.#run<Tenant>(
      'SELECT name, array(SELECT origin FROM tenant_origin WHERE tenant = name) AS origins FROM tenant WHERE name = $1',
      [name],
    );
    return tenant?.origins;
  }

  /** False: there is no such tenant. */
  async addOrigin(tenant: string, origin: string): Promise<boolean> {
    const added = await this.#run(
      `INSERT INTO tenant_origin SELECT name, $2 FROM tenant WHERE name = $1
       ON CONFLICT (tenant, origin) DO UPDATE SET origin = excluded.origin RETURNING tenant`,
      [tenant, origin],
    );
    return added.length > 0;
  }

  async removeOrigin(tenant: string, origin: string): Promise<void> {
    await this.#run('DELETE FROM tenant_origin WHERE tenant = $1 AND origin = $2', [tenant, origin]);
  }

  /** What is there already stays as it is. */
  async #seed(tenant: string, origins: readonly string[]): Promise<void> {
    const created = await this.#run('INSERT INTO tenant VALUES ($1) ON CONFLICT DO NOTHING RETURNING name', [tenant]);
    if (created.length > 0) {
      await this.#run('INSERT INTO tenant_origin SELECT $1, unnest($2::text[])', [tenant, [...origins]]);
    }
  }

  async #run<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    const { rows } = await this.connections.database.query<Row>(text, values);
    return rows;
  }
}
