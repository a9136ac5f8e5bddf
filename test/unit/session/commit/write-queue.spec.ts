import { beforeEach, describe, expect, it } from '@jest/globals';
import { WriteQueue } from '../../../../lib/session/commit/write-queue.js';
import type { GroupMember } from '../../../../lib/session/commit/write-queue.js';
import { StoreUnavailableError } from '../../../../lib/session/errors.js';
import { WaitBudget } from '../../../../lib/session/storage/wait-budget.js';
import { deferred } from '../../../support/deferred.js';
import type { Deferred } from '../../../support/deferred.js';

const LONG = 60_000;
const LEAST_WAIT = 10;

/** In order: the names of members that are written together, and in parentheses those written alone. */
type Line = string;

const LINES: [line: string, writes: Line[]][] = [
  ['a', ['a']],
  ['a b c', ['a', 'b c']],
  ['(a) b c', ['(a)', 'b c']],
  ['(a) (b)', ['(a)', '(b)']],
  ['a b (c) d e', ['a', 'b', '(c)', 'd e']],
  ['a b (c) (d) e (f)', ['a', 'b', '(c)', '(d)', 'e', '(f)']],
];

describe('WriteQueue', () => {
  let writes: string[];
  let errors: unknown[];
  let mayGoOn: Deferred;
  let busy: Promise<void> | undefined;
  let queue: WriteQueue<GroupMember & { readonly name: string }>;

  beforeEach(() => {
    writes = [];
    errors = [];
    mayGoOn = deferred();
    busy = undefined;
    queue = new WriteQueue(
      () => busy,
      async (members) => {
        writes.push(members.map(({ name }) => name).join(' '));
        await mayGoOn.promise;
        return undefined;
      },
      LEAST_WAIT,
    );
  });

  function ask(name: string, key = 'key', wait = LONG): void {
    const budget = new WaitBudget(wait);
    const reject = (error: unknown): void => void errors.push(error);
    if (!name.startsWith('('))
      return queue.join({ name, key, budget, done: mayGoOn.promise, reject });
    const perform = async (): Promise<void> => {
      writes.push(name);
      await mayGoOn.promise;
    };
    queue.alone(key, budget, perform).catch(reject);
  }

  /** Lets everything run that does not wait for anything outside. */
  const idle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it.each(LINES)('writes %s as %j', async (line, expected) => {
    for (const name of line.split(' ')) ask(name);
    await idle();
    expect(writes).toEqual(expected.slice(0, 1));
    mayGoOn.resolve();
    await idle();
    expect(writes).toEqual(expected);
    expect(errors).toEqual([]);
  });

  it('makes no session wait for another', () => {
    for (const key of ['one', 'two', 'three']) ask(key, key);
    expect(writes).toEqual(['one', 'two', 'three']);
  });

  it('keeps nothing for a session once its queue is empty', async () => {
    for (let name = 0; name < 2_000; name += 1) ask(name % 3 ? `${name}` : `(${name})`);
    expect(queue.isBusy('key')).toBe(true);
    mayGoOn.resolve();
    await idle();
    while (queue.isBusy('key')) await idle();
    expect(writes.join(' ').split(' ')).toHaveLength(2_000);
    expect(queue.isBusy('key')).toBe(false);
  });

  it('gives up a member that has waited for as long as it may, and does not write it', async () => {
    ask('first');
    const late = deferred<unknown>();
    const budget = new WaitBudget(10);
    queue.join({ name: 'late', key: 'key', budget, done: mayGoOn.promise, reject: late.resolve });
    ask('patient');
    expect(await late.promise).toBeInstanceOf(StoreUnavailableError);
    expect(budget.hasFailed).toBe(true);
    mayGoOn.resolve();
    await idle();
    expect(writes).toEqual(['first', 'patient']);
  });

  it('gives up a member whose time runs out during its write, but not at once', async () => {
    ask('first');
    const late = deferred<unknown>();
    const budget = new WaitBudget(20);
    const done = deferred();
    queue.join({ name: 'late', key: 'key', budget, done: done.promise, reject: late.resolve });
    ask('patient');
    const turn = mayGoOn;
    mayGoOn = deferred();
    turn.resolve();
    await idle();
    expect(writes).toEqual(['first', 'late patient']);
    expect(await late.promise).toBeInstanceOf(StoreUnavailableError);
    mayGoOn.resolve();
    await idle();
    expect(errors).toEqual([]);
    expect(queue.isBusy('key')).toBe(false);
  });

  it('waits while the store is still busy with a write that was given up', async () => {
    const answered = deferred();
    busy = answered.promise;
    ask('next');
    await idle();
    expect(writes).toEqual([]);
    busy = undefined;
    answered.resolve();
    await idle();
    expect(writes).toEqual(['next']);
    mayGoOn.resolve();
  });

  it('goes on after a write that ran alone has failed', async () => {
    const failure = new Error('it failed');
    const failing = queue.alone('key', new WaitBudget(LONG), async () => {
      await mayGoOn.promise;
      throw failure;
    });
    ask('next');
    mayGoOn.resolve();
    await expect(failing).rejects.toBe(failure);
    await idle();
    expect(writes).toEqual(['next']);
  });
});
