import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

const { run } = AsyncLocalStorage.prototype;

/**
 * Node, in which no test file leaves an `AsyncLocalStorage` in use. Jest starts one for every file
 * and never disables it, and on Node 20 and 22 each makes every promise in later files slower.
 */
export default class extends TestEnvironment {
  used = new Set();

  async setup() {
    await super.setup();
    const { used } = this;
    AsyncLocalStorage.prototype.run = function (...call) {
      used.add(this);
      return Reflect.apply(run, this, call);
    };
  }

  async teardown() {
    AsyncLocalStorage.prototype.run = run;
    for (const storage of this.used) storage.disable();
    await super.teardown();
  }
}
