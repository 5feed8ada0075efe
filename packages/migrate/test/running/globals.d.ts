declare function describe(name: string, body: () => void): void;
declare function it(name: string, body: () => unknown): void;
declare function beforeAll(body: () => unknown): void;
declare function beforeEach(body: () => unknown): void;
declare function expect(value: unknown): { toBeDefined(): void };
