/** After the first test that fails nothing is left to find out about a mutant: the others are skipped. */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  #isKilled = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) {
      this.#isKilled = true;
    }
    if (name === 'test_start' && this.#isKilled) {
      test.mode = 'skip';
    }
  }
};
