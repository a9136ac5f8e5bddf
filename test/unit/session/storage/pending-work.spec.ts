import { describe, expect, it } from '@jest/globals';
import { PendingWork } from '../../../../lib/session/storage/pending-work.js';
import { deferred } from '../../../support/deferred.js';

/** True if a promise has settled once everything that can run now has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => {
    setImmediate(resolve, 'later');
  });
  return (await Promise.race([promise.then(() => 'settled'), later])) === 'settled';
}

describe('PendingWork', () => {
  it('has nothing to wait for at first, or once its work is over', async () => {
    const pending = new PendingWork();
    expect(await isSettled(pending.settled())).toBe(true);
    await pending.add(Promise.resolve());
    expect(await isSettled(pending.settled())).toBe(true);
  });

  it('waits for all work under way, even work that fails, and leaves its outcome alone', async () => {
    const pending = new PendingWork();
    const [one, other] = [deferred<string>(), deferred<string>()];
    const added = [pending.add(one.promise), pending.add(other.promise)];
    const settled = pending.settled();
    one.resolve('done');
    expect(await isSettled(settled)).toBe(false);
    other.reject(new Error('refused'));
    expect(await isSettled(settled)).toBe(true);
    await expect(added[0]).resolves.toBe('done');
    await expect(added[1]).rejects.toThrow('refused');
  });

  it('does not wait for work that begins later', async () => {
    const pending = new PendingWork();
    const [now, later] = [deferred<void>(), deferred<void>()];
    void pending.add(now.promise);
    const settled = pending.settled();
    void pending.add(later.promise);
    now.resolve();
    expect(await isSettled(settled)).toBe(true);
    expect(await isSettled(pending.settled())).toBe(false);
    later.resolve();
  });

  it('waits in a second call for what the first call is still waiting for', async () => {
    const pending = new PendingWork();
    const [early, late] = [deferred<void>(), deferred<void>()];
    void pending.add(early.promise);
    const first = pending.settled();
    const second = pending.settled();
    void pending.add(late.promise);
    const third = pending.settled();
    late.resolve();
    expect(await isSettled(Promise.race([first, second, third]))).toBe(false);
    early.resolve();
    expect(await isSettled(Promise.all([first, second, third]))).toBe(true);
  });
});
