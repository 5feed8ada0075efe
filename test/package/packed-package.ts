/** The tarball as npm would publish it, and small projects that have it installed, with nothing fetched from anywhere. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** TypeScript 7 compiles the same in a fifth of the time. */
const COMPILERS = {
  6: join(ROOT, 'node_modules/typescript/bin/tsc'),
  7: join(ROOT, 'node_modules/typescript-7/bin/tsc'),
};

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm pack --json` says. */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}

/** Runs a program of Node's; a failure is an outcome, not an exception. */
async function node(cwd: string, args: readonly string[]): Promise<Output> {
  try {
    return { code: 0, ...(await run(process.execPath, args, { cwd, timeout: 60_000 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Output;
    return { code, stdout, stderr };
  }
}

export class PackedPackage {
  private constructor(
    private readonly folder: string,
    /** The paths in the tarball. */
    readonly files: readonly string[],
    /** In bytes. */
    readonly unpackedSize: number,
  ) {}

  /** Packs what `npm run build` left in dist. */
  static async pack(): Promise<PackedPackage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nestjs-cors-')));
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await run('npm', args, { cwd: ROOT });
    // npm 10 answers with a list, npm 11 may answer with an object by name.
    const answer: object = JSON.parse(stdout);
    const [{ filename, files, unpackedSize }] = Object.values(answer) as [Packed];
    await run('tar', ['-xzf', join(folder, filename), '-C', folder]);
    return new PackedPackage(
      folder,
      files.map((file) => file.path),
      unpackedSize,
    );
  }

  /** The text of a file of the tarball. */
  text(path: string): Promise<string> {
    return readFile(join(this.folder, 'package', path), 'utf8');
  }

  async manifest(): Promise<{ readonly [key: string]: unknown }> {
    return JSON.parse(await this.text('package.json'));
  }

  /**
   * A project with the tarball and `packages` in its node_modules, and no other: an import that the package does not
   * declare fails here, and so does a platform that the project has not installed.
   */
  async consumer(name: string, type: 'module' | 'commonjs', packages: readonly string[]): Promise<Consumer> {
    const home = join(this.folder, name);
    const { dependencies } = (await this.manifest()) as { dependencies: Record<string, string> };
    await cp(join(this.folder, 'package'), join(home, 'node_modules/nestjs-cors'), { recursive: true });
    for (const installed of [...Object.keys(dependencies), ...packages]) {
      const link = join(home, 'node_modules', installed);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(ROOT, 'node_modules', installed), link);
    }
    await writeFile(join(home, 'package.json'), JSON.stringify({ name, type, private: true }));
    return new Consumer(home);
  }

  /** A place beside the projects. */
  path(path: string): string {
    return join(this.folder, path);
  }

  /** Runs a program in a folder that has nothing else. */
  alone(file: string): Promise<Output> {
    return node(dirname(file), [file]);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Consumer {
  constructor(private readonly home: string) {}

  async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.home, path), text);
  }

  path(path: string): string {
    return join(this.home, path);
  }

  /** Makes one file of a compiled program and of what it imports. */
  async bundle(bundler: string, entry: string, file: string): Promise<Output> {
    return node(this.home, [fileURLToPath(new URL('./bundle.js', import.meta.url)), bundler, this.path(entry), file]);
  }

  /** Copies sources from `test/package/consumers`. */
  async copy(files: readonly string[]): Promise<void> {
    const from = fileURLToPath(new URL('./consumers/', import.meta.url));
    await Promise.all(files.map((file) => cp(join(from, file), join(this.home, file))));
  }

  async compile(compilerOptions: object, compiler: keyof typeof COMPILERS = 6): Promise<Output> {
    await this.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    return node(this.home, [COMPILERS[compiler], '--pretty', 'false', '-p', 'tsconfig.json']);
  }

  run(...args: string[]): Promise<Output> {
    return node(this.home, args);
  }
}
