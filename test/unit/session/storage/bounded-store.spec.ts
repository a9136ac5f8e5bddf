import { realpath } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StoreUnavailableError } from '../../../../lib/session/errors.js';
import { BoundedStore } from '../../../../lib/session/storage/bounded-store.js';
import type { SessionStore } from 'nestjs-sesame';

const TIMEOUT = 1_000;
const record = { payload: '{}', expiresAt: 1 };
const there = { payload: 'newer', version: 2 };

type Operation = 'read' | 'create' | 'replace' | 'remove';

const OPERATIONS: [Operation, string, (store: BoundedStore) => Promise<unknown>][] = [
  ['read', 'read', (store) => store.read('key')],
  ['create', 'create', (store) => store.create('key', record)],
  ['replace', 'write', (store) => store.replace('key', 1, record)],
  ['remove', 'remove', (store) => store.remove('key', 1)],
];

/** A store that gives every call the same treatment. */
function storeThat(respond: (...call: unknown[]) => Promise<never>): SessionStore {
  return {
    read: (...call) => respond('read', ...call),
    create: (...call) => respond('create', ...call),
    replace: (...call) => respond('replace', ...call),
    remove: (...call) => respond('remove', ...call),
  };
}

function bounded(store: SessionStore) {
  const failures: StoreUnavailableError[] = [];
  return { failures, store: new BoundedStore(store, TIMEOUT, (error) => failures.push(error)) };
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('BoundedStore', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  describe.each(OPERATIONS)('%s', (operation, verb, call) => {
    it('passes the call on and returns the answer, leaving no timer', async () => {
      const calls: unknown[][] = [];
      const { store, failures } = bounded({
        read: async (...call) => (calls.push(call), there),
        create: async (...call) => (calls.push(call), { version: 1 }),
        replace: async (...call) => (calls.push(call), { conflict: there }),
        remove: async (...call) => (calls.push(call), 'gone'),
      });
      const answers = {
        read: there,
        create: { version: 1 },
        replace: { conflict: there },
        remove: 'gone',
      };
      const parameters = {
        read: ['key'],
        create: ['key', record],
        replace: ['key', 1, record, undefined],
        remove: ['key', 1],
      };
      expect(await call(store)).toEqual(answers[operation]);
      expect(calls).toEqual([parameters[operation]]);
      expect(failures).toEqual([]);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('waits for an answer no longer than the timeout', async () => {
      const { store, failures } = bounded(storeThat(() => new Promise(() => undefined)));
      const rejection = rejectionOf(call(store));
      await jest.advanceTimersByTimeAsync(TIMEOUT - 1);
      expect(failures).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      const error = await rejection;
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({
        message: expect.stringContaining(`could not ${verb} the session`),
        cause: { message: 'no answer within storeTimeout (1000 ms)' },
      });
      expect(failures).toEqual([error]);
    });

    it('turns a rejection into its own error, at once, with the cause', async () => {
      const cause = new Error('ECONNREFUSED');
      const { store, failures } = bounded(storeThat(() => Promise.reject(cause)));
      const error = await rejectionOf(call(store));
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ cause });
      expect(failures).toEqual([error]);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('turns what is thrown synchronously into a rejection', async () => {
      const cause = new Error('not connected');
      const { store, failures } = bounded(
        storeThat(() => {
          throw cause;
        }),
      );
      const error = await rejectionOf(call(store));
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ cause });
      expect(failures).toEqual([error]);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('reports a failure once, even if the store fails after it was given up', async () => {
      const { store, failures } = bounded(
        storeThat(
          () =>
            new Promise((_resolve, reject) => {
              setTimeout(() => reject(new Error('connection lost')), 2 * TIMEOUT);
            }),
        ),
      );
      const rejection = rejectionOf(call(store));
      await jest.advanceTimersByTimeAsync(3 * TIMEOUT);
      expect(failures).toEqual([await rejection]);
    });
  });

  it('keeps to its failure when the answer comes too late', async () => {
    const { store, failures } = bounded({
      ...storeThat(() => new Promise(() => undefined)),
      read: () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(there), 2 * TIMEOUT);
        }),
    });
    const rejection = rejectionOf(store.read('key'));
    await jest.advanceTimersByTimeAsync(3 * TIMEOUT);
    expect(await rejection).toBeInstanceOf(StoreUnavailableError);
    expect(failures).toHaveLength(1);
  });

  it('accepts an answer that came while the process was busy for longer than the timeout', async () => {
    jest.useRealTimers();
    const fromDisk: SessionStore = {
      ...storeThat(() => Promise.reject(new Error('not asked'))),
      read: async () => ({
        payload: await realpath(new URL('.', import.meta.url)),
        version: 1,
      }),
    };
    const { store, failures } = bounded(fromDisk);
    const answer = store.read('key');
    const end = Date.now() + TIMEOUT + 100;
    while (Date.now() < end);
    expect((await answer)?.payload).toContain('storage');
    expect(failures).toEqual([]);
  });
});
