/** Three processes of sample/04-tenants over the same servers, and requests to all of them, without end. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningSample, startSample } from '../sample/running-sample.js';
import type { PostgresEngine } from './engines/postgres.engine.js';
import { type Bounds, Judge, type Verdict } from './judge.js';
import { until } from './until.js';

export const TENANTS = ['north', 'south'] as const;
export const ORIGINS = ['https://one.example', 'https://two.example', 'https://eu.three.example'] as const;

/** The last of the origins is in a list by a pattern. */
const ROWS: Readonly<Record<string, string>> = { 'https://eu.three.example': 'https://*.three.example' };

/** No request may take longer, whatever is broken: `originTimeout` is 2 s, and the machine may be busy. */
const HANGS = 15_000;

export class Fleet {
  readonly judge: Judge;
  readonly #failures: string[] = [];
  readonly #loops: Promise<void>[] = [];
  #isDriving = true;
  #turn = 0;

  private constructor(
    readonly instances: RunningSample[],
    private readonly database: PostgresEngine,
    private readonly environment: Readonly<Record<string, string>>,
    bounds: Bounds,
  ) {
    this.judge = new Judge(bounds);
  }

  static async start(
    database: PostgresEngine,
    environment: Readonly<Record<string, string>>,
    bounds: Bounds,
  ): Promise<Fleet> {
    const settings = { DATABASE_URL: database.url, ...environment };
    // The first makes the tables.
    const first = await startSample('04-tenants', settings);
    const others = await Promise.all([startSample('04-tenants', settings), startSample('04-tenants', settings)]);
    for (const tenant of TENANTS) {
      await database.ask('INSERT INTO tenant VALUES ($1) ON CONFLICT DO NOTHING', [tenant]);
      await database.ask('DELETE FROM tenant_origin WHERE tenant = $1', [tenant]);
    }
    const fleet = new Fleet([first, ...others], database, settings, bounds);
    fleet.instances.forEach((_, index) => fleet.#loops.push(fleet.#drive(index), fleet.#drive(index)));
    return fleet;
  }

  /** Through an instance, which tells the others. */
  async set(instance: number, tenant: string, origin: string, isListed: boolean): Promise<void> {
    await this.judge.write(tenant, origin, isListed ? 'listed' : 'unlisted', () =>
      this.#write(instance, tenant, origin, isListed),
    );
  }

  /** The same, once more if it fails: its query may get a connection of the pool that the server has just cut. */
  async setAfterCut(instance: number, tenant: string, origin: string, isListed: boolean): Promise<void> {
    await this.judge.write(tenant, origin, isListed ? 'listed' : 'unlisted', () =>
      until('a write passes', async () =>
        this.#write(instance, tenant, origin, isListed).then(
          () => true,
          () => false,
        ),
      ),
    );
  }

  async #write(instance: number, tenant: string, origin: string, isListed: boolean): Promise<void> {
    const row = ROWS[origin] ?? origin;
    const origins = `${this.#apiOf(instance)}/admin/tenants/${tenant}/origins`;
    const signal = AbortSignal.timeout(HANGS);
    const answer = await (isListed
      ? fetch(origins, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ origin: row }),
          signal,
        })
      : fetch(`${origins}/${encodeURIComponent(row)}`, { method: 'DELETE', signal }));
    if (!answer.ok) {
      throw new Error(`${answer.status} ${await answer.text()}`);
    }
  }

  /** In the database, which tells nobody. */
  async setQuietly(tenant: string, origin: string, isListed: boolean): Promise<void> {
    const text = isListed
      ? 'INSERT INTO tenant_origin VALUES ($1, $2) ON CONFLICT DO NOTHING'
      : 'DELETE FROM tenant_origin WHERE tenant = $1 AND origin = $2';
    const row = ROWS[origin] ?? origin;
    await this.judge.write(tenant, origin, isListed ? 'listed' : 'unlisted', () =>
      this.database.ask(text, [tenant, row]),
    );
  }

  async ask(instance: number, tenant: string, origin: string): Promise<Verdict> {
    const sentAt = Date.now();
    const allowed = await this.#send(`${this.#apiOf(instance)}/tenants/${tenant}/data`, origin);
    const verdict = { instance, tenant, origin, sentAt, receivedAt: Date.now(), isAllowed: allowed === origin };
    if (allowed !== undefined && allowed !== origin) {
      this.#failures.push(`instance ${instance} answered ${origin} with ${allowed}`);
    }
    this.judge.verdicts.push(verdict);
    return verdict;
  }

  /** Every instance says of every origin what the database says. */
  async agrees(): Promise<boolean> {
    const rows = await this.database.ask<{ tenant: string; origin: string }>(
      'SELECT tenant, origin FROM tenant_origin',
    );
    const listed = new Set(rows.map(({ tenant, origin }) => `${tenant} ${origin}`));
    const questions = this.instances.flatMap((_, instance) =>
      TENANTS.flatMap((tenant) => ORIGINS.map((origin) => [instance, tenant, origin] as const)),
    );
    const verdicts = await Promise.all(questions.map(async (question) => this.ask(...question)));
    return verdicts.every(
      ({ tenant, origin, isAllowed }) => isAllowed === listed.has(`${tenant} ${ROWS[origin] ?? origin}`),
    );
  }

  /** Then there is a list of everything in each of them, besides. */
  async untilAgreed(): Promise<void> {
    await until('all instances agree with the database', () => this.agrees());
  }

  /** At least so many verdicts more. */
  async traffic(count = 60): Promise<void> {
    const enough = this.judge.verdicts.length + count;
    await until(`${count} requests more`, () => this.judge.verdicts.length >= enough);
  }

  /** Ended without a word, as by the kernel, and started again. */
  async kill(instance: number): Promise<void> {
    const victim = this.instances[instance];
    this.#killed.add(instance);
    const ended = await victim?.stop('SIGKILL');
    assert.equal(ended?.signal, 'SIGKILL');
  }

  async restart(instance: number): Promise<void> {
    this.instances[instance] = await startSample('04-tenants', this.environment);
    this.#killed.delete(instance);
  }

  readonly #killed = new Set<number>();

  /** No verdict was wrong, nothing failed or hung, and no process or handle stays. */
  async end(): Promise<void> {
    this.#isDriving = false;
    await Promise.all(this.#loops);
    const ended = await Promise.all(this.instances.map((instance) => instance.stop()));
    assert.deepEqual(this.judge.wrong(), []);
    assert.deepEqual(this.#failures, []);
    for (const { code, signal } of ended) {
      // By themselves, as nothing was left to do.
      assert.deepEqual({ code, signal }, { code: 0, signal: null });
    }
  }

  /** Requests in turn for everything, with a breath in between: three processes and their servers share the machine. */
  async #drive(instance: number): Promise<void> {
    while (this.#isDriving) {
      this.#turn += 1;
      const tenant = TENANTS[this.#turn % TENANTS.length];
      const origin = ORIGINS[this.#turn % ORIGINS.length];
      if (tenant !== undefined && origin !== undefined && !this.#killed.has(instance)) {
        try {
          await this.ask(instance, tenant, origin);
        } catch (error) {
          if (!this.#killed.has(instance)) {
            this.#failures.push(`instance ${instance}: ${String(error)}`);
          }
        }
      }
      await pause(10);
    }
  }

  #apiOf(instance: number): string {
    const api = this.instances[instance]?.api;
    if (api === undefined) {
      throw new Error(`There is no instance ${instance}`);
    }
    return api;
  }

  /** What Access-Control-Allow-Origin says. */
  #send(url: string, origin: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const options = { headers: { Origin: origin }, agent: false, signal: AbortSignal.timeout(HANGS) };
      const outgoing = request(url, options, (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode === 200) {
            resolve(answer.headers['access-control-allow-origin']);
          } else {
            reject(new Error(`${url} answered ${answer.statusCode}`));
          }
        });
        answer.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}
