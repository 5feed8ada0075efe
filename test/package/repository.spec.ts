/** What a host of the repository reads: workflows and templates. Nothing else would say that one of them is wrong. */
import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly tags?: readonly string[] } | null>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id?: string;
    readonly attributes: { readonly label?: string; readonly value?: string };
    readonly validations?: { readonly required?: boolean };
  }[];
}

async function text(path: string): Promise<string> {
  return readFile(`${ROOT}.github/${path}`, 'utf8');
}

/** Refuses what YAML only warns of, such as a key that is there twice. */
async function yaml<T>(path: string): Promise<T> {
  return parse(await text(path), { strict: true, uniqueKeys: true }) as T;
}

const commandsOf = ({ steps = [] }: Job): string[] => steps.flatMap(({ run }) => run ?? []);

describe('the workflows', () => {
  it('run the one script that checks everything, on changes and before a release', async () => {
    const ci = await yaml<Workflow>('workflows/ci.yml');
    const release = await yaml<Workflow>('workflows/release.yml');

    expect(Object.keys(ci.on)).toEqual(['push', 'pull_request', 'workflow_call']);
    expect(Object.values(ci.jobs).flatMap(commandsOf)).toEqual(['.ci/run']);
    expect(release.jobs['checks']).toEqual({ uses: './.github/workflows/ci.yml' });
    expect(release.jobs['publish']?.needs).toBe('checks');
  });

  it('publish tags only, with provenance, and by the trust of npm instead of a secret', async () => {
    const { on, permissions, jobs } = await yaml<Workflow>('workflows/release.yml');
    const commands = commandsOf(jobs['publish'] ?? {});
    const publishing = commands.join('\n').match(/npm publish .*/g);

    expect(on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+*'] } });
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs['publish']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(publishing).toEqual([
      expect.stringMatching(/^npm publish --workspace nestjs-cors-migrate --provenance --access public /),
      expect.stringMatching(/^npm publish --provenance --access public /),
    ]);
  });

  it.each(['ci.yml', 'release.yml'])(
    'of %s know no secret, keep no token, and paste no text of others into a shell',
    async (name) => {
      const { jobs } = await yaml<Workflow>(`workflows/${name}`);
      const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));

      expect(await text(`workflows/${name}`)).not.toMatch(/\bsecrets\b|pull_request_target/);
      expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
      expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false]);
    },
  );

  it('release both packages under one version, as the one fetches the other by its own', async () => {
    const manifests = ['package.json', 'packages/migrate/package.json'].map(async (path) =>
      readFile(`${ROOT}${path}`, 'utf8'),
    );
    const versions = (await Promise.all(manifests)).map(
      (manifest) => (JSON.parse(manifest) as { version: string }).version,
    );

    expect(new Set(versions).size).toBe(1);
  });

  it.each([
    ['v1.2.3', 'latest'],
    ['0.2.0', 'latest'],
    ['v1.0.0-beta.2', 'beta'],
    ['v1.0.0-rc.1', 'rc'],
  ])('publish %s under the dist-tag %s', (version, tag) => {
    expect(execFileSync(`${ROOT}.ci/dist-tag`, [version], { encoding: 'utf8' })).toBe(`${tag}\n`);
  });

  it.each(['v1.2', 'main', 'v1.2.3-', 'v1.2.3; true'])('do not publish %s', (version) => {
    expect(spawnSync(`${ROOT}.ci/dist-tag`, [version]).status).toBe(1);
  });
});

describe('the templates', () => {
  it.each(['bug', 'feature', 'question'])(
    'have a form for a %s, in which each field has a name and a label',
    async (name) => {
      const { body, ...head } = await yaml<Form>(`ISSUE_TEMPLATE/${name}.yml`);
      const fields = body.filter(({ type }) => type !== 'markdown');

      expect(head).toMatchObject({ name: expect.stringMatching(/\S/), description: expect.stringMatching(/\S/) });
      expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
      expect(fields.filter(({ id, attributes }) => !id || !attributes.label)).toEqual([]);
    },
  );

  it('ask for what a bug cannot be found without', async () => {
    const { body } = await yaml<Form>('ISSUE_TEMPLATE/bug.yml');
    const required = body.filter(({ validations }) => validations?.required).map(({ id }) => id);

    expect(required).toEqual(['policies', 'call', 'console', 'explain', 'expected', 'versions']);
  });

  it('link to files that are there', async () => {
    const forms = await readdir(`${ROOT}.github/ISSUE_TEMPLATE`);
    const texts = await Promise.all(forms.map(async (name) => text(`ISSUE_TEMPLATE/${name}`)));
    const links = texts.flatMap((form) => [...form.matchAll(/\]\((?:\.\.\/(?:blob|tree)\/HEAD\/)?([^)]*)\)/g)]);

    expect(links.length).toBeGreaterThan(5);
    expect(links.map(([, path = '']) => path).filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

describe('the papers at the root', () => {
  it.each(['README.md', 'CONTRIBUTING.md', 'RELEASING.md', 'CODE_OF_CONDUCT.md', 'SECURITY.md'])(
    'of %s link to files that are there',
    async (paper) => {
      const links = [
        ...(await readFile(`${ROOT}${paper}`, 'utf8')).matchAll(/(?:\]\(|(?:src|srcset)=")([^)"#:\s]+)[)"#]/g),
      ];

      expect(links.map(([, path = '']) => path).filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
    },
  );

  it('name only commands that are there', async () => {
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const papers = await Promise.all(
      ['README.md', 'CONTRIBUTING.md', 'RELEASING.md'].map(async (paper) => readFile(`${ROOT}${paper}`, 'utf8')),
    );
    const named = papers.flatMap((paper) => [...paper.matchAll(/npm run ([\w:-]+)/g)]).map(([, name = '']) => name);

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
