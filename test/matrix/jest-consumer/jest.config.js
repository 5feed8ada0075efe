// As `nest new` writes it for Nest 11: CommonJS, no experimental switch. (Decorators are compiled by swc; ts-jest would do.)
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'commonjs' },
};

module.exports = {
  testEnvironment: 'node',
  rootDir: '../..',
  testMatch: ['<rootDir>/matrix/jest-consumer/*.test.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'] },
  transform: { '\\.ts$': ['@swc/jest', swc] },
};
