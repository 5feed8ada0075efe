/** The platforms and the ways to create an application: what holds on one has to hold on all. */

export type PlatformName = 'Express' | 'Fastify';
export type CreationName = 'NestFactory.create' | 'Test.createTestingModule';

/** A platform, and how the application on it is created: hooks run at other moments under the testing module. */
export class Way {
  constructor(
    readonly platform: PlatformName,
    readonly creation: CreationName,
  ) {}

  get isExpress(): boolean {
    return this.platform === 'Express';
  }

  toString(): string {
    return `${this.platform}, ${this.creation}`;
  }
}

/** All four, for `describe.each`: the first item is the title. */
export const EVERY_WAY = waysOf(['Express', 'Fastify'], ['NestFactory.create', 'Test.createTestingModule']);

/** Both platforms, each created as production does it. */
export const BOTH_PLATFORMS = waysOf(['Express', 'Fastify'], ['NestFactory.create']);

export const EXPRESS = new Way('Express', 'NestFactory.create');
export const FASTIFY = new Way('Fastify', 'NestFactory.create');

function waysOf(
  platforms: readonly PlatformName[],
  creations: readonly CreationName[],
): readonly (readonly [title: string, way: Way])[] {
  return platforms.flatMap((platform) =>
    creations.map((creation) => {
      const way = new Way(platform, creation);
      return [way.toString(), way] as const;
    }),
  );
}
