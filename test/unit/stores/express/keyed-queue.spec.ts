import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { KeyedQueue, PATIENCE } from '../../../../lib/stores/express/keyed-queue.js';
import { deferred } from '../../../support/deferred.js';

/** A task that notes when it begins and ends, and ends when it is told to. */
function taskOf(log: string[], name: string) {
  const end = deferred<string>();
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    const value = await end.promise;
    log.push(`${name} ends`);
    return value;
  };
  return { run, finish: () => end.resolve(name), fail: () => end.reject(new Error(name)) };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('KeyedQueue', () => {
  it('runs the tasks of one key one after the other, in order', async () => {
    const log: string[] = [];
    const queue = new KeyedQueue();
    const [first, second] = [taskOf(log, 'first'), taskOf(log, 'second')];
    const results = Promise.all([queue.run('key', first.run), queue.run('key', second.run)]);
    second.finish();
    await setImmediate();
    expect(log).toEqual(['first begins']);
    first.finish();
    expect(await results).toEqual(['first', 'second']);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('runs the tasks of different keys side by side', async () => {
    const log: string[] = [];
    const queue = new KeyedQueue();
    const [one, other] = [taskOf(log, 'one'), taskOf(log, 'other')];
    const results = Promise.all([queue.run('a', one.run), queue.run('b', other.run)]);
    await setImmediate();
    expect(log).toEqual(['one begins', 'other begins']);
    one.finish();
    other.finish();
    expect(await results).toEqual(['one', 'other']);
  });

  it('goes on after a task that failed', async () => {
    const log: string[] = [];
    const queue = new KeyedQueue();
    const [first, second] = [taskOf(log, 'first'), taskOf(log, 'second')];
    const failing = queue.run('key', first.run);
    const following = queue.run('key', second.run);
    second.finish();
    first.fail();
    await expect(failing).rejects.toThrow('first');
    expect(await following).toBe('second');
  });

  it('waits only for so long for a task that never ends', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const log: string[] = [];
    const queue = new KeyedQueue();
    const [lost, second, third] = [
      taskOf(log, 'lost'),
      taskOf(log, 'second'),
      taskOf(log, 'third'),
    ];
    void queue.run('key', lost.run);
    const results = Promise.all([queue.run('key', second.run), queue.run('key', third.run)]);
    await jest.advanceTimersByTimeAsync(PATIENCE - 1);
    expect(log).toEqual(['lost begins']);
    await jest.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['lost begins', 'second begins']);
    second.finish();
    third.finish();
    expect(await results).toEqual(['second', 'third']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
