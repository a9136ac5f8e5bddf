import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SessionStore, StoredRecord, StoreOutcome } from 'nestjs-sesame';
import type { SessionAttributes } from '../../lib/session/attributes.js';
import { handleOf } from '../../lib/session/ids.js';
import { parseRecord, serialiseRecord } from '../../lib/session/record/record-json.js';

/** The clock by which a store decides what has expired, where a test can set it. */
export interface StoreClock {
  /** Epoch milliseconds. */
  now(): number;
  advance(milliseconds: number): void;
}

/** A store under test, empty and with room for a few hundred sessions. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** Left out, the store goes by real time, and so do the cases about expiry. */
  readonly clock?: StoreClock;
  /** Attributes that the store itself adds to a record, and that mean nothing to a session. */
  readonly added?: readonly string[];
  close?(): Promise<void> | void;
}

const HOUR = 3_600_000;

/** How long the records about to expire live where time cannot be set. */
const SHORT_LIFE = 400;
const DEADLINE = 10_000;

/**
 * What every session store must do: the promises of the `SessionStore` port, as one suite of cases.
 * A payload is compared by what it says, not by its text: a store may write a record differently,
 * as long as it then answers with one and the same text, which is what `expected` is taken from.
 */
export function describeStoreContract(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a SessionStore`, () => {
    let subject: StoreUnderTest;
    let store: SessionStore;

    const now = (): number => subject.clock?.now() ?? Date.now();
    const record = (attributes: SessionAttributes, lifetime = HOUR): StoredRecord =>
      recordOf(attributes, now(), now() + lifetime);
    const said = (payload: string | undefined): SessionAttributes | undefined =>
      payload === undefined
        ? undefined
        : without(parseRecord(payload, 0).attributes, subject.added);

    /** Stores a record and answers the payload that stands there now. */
    const stored = async (key: string, attributes: SessionAttributes): Promise<string> => {
      expect(await store.create(key, record(attributes))).toBe(true);
      return payloadUnder(key);
    };
    const payloadUnder = async (key: string): Promise<string> => {
      const payload = await store.read(key);
      if (payload === undefined) throw new Error(`nothing is stored under ${key}`);
      return payload;
    };

    beforeEach(async () => {
      subject = await create();
      store = subject.store;
    });
    afterEach(async () => {
      await subject.close?.();
    });

    describe('read', () => {
      it('answers undefined where nothing is stored', async () => {
        expect(await store.read(key('absent'))).toBeUndefined();
      });

      it('answers the same text until something else is stored', async () => {
        const payload = await stored(key('a'), { cart: ['tea'] });
        expect(await store.read(key('a'))).toBe(payload);
        expect(await store.read(key('a'))).toBe(payload);
      });

      it('keeps one key apart from another', async () => {
        await stored(key('a'), { name: 'a' });
        await stored(key('b'), { name: 'b' });
        expect(said(await store.read(key('a')))).toEqual({ name: 'a' });
        expect(said(await store.read(key('b')))).toEqual({ name: 'b' });
      });
    });

    describe('create', () => {
      it.each<[string, SessionAttributes]>([
        ['an empty session', {}],
        [
          'every kind of JSON',
          { text: '', number: -1.5, yes: true, no: false, nothing: null, list: [1, [{}]], 7: 7 },
        ],
        [
          'text in any script',
          { 'ключ 🗝': 'žluťoučký kůň 🐎 \u0000\u2028\u2029\ud800"\\/\r\n', אב: '漢字' },
        ],
        ['32 KiB', { big: 'x'.repeat(16 * 1024) + 'ß'.repeat(8 * 1024) }],
      ])('stores %s as it is', async (_what, attributes) => {
        const written = record(attributes);
        expect(await store.create(key('a'), written)).toBe(true);
        const payload = await payloadUnder(key('a'));
        expect(said(payload)).toEqual(attributes);
        expect(parseRecord(payload, 0).metadata).toEqual(parseRecord(written.payload, 0).metadata);
      });

      it('answers false and writes nothing where the key is taken', async () => {
        const payload = await stored(key('a'), { name: 'first' });
        expect(await store.create(key('a'), record({ name: 'second' }))).toBe(false);
        expect(await store.read(key('a'))).toBe(payload);
      });

      it('lets exactly one of many parallel calls have the key', async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, async (_, index) => store.create(key('a'), record({ index }))),
        );
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(said(await store.read(key('a')))).toEqual({ index: answers.indexOf(true) });
      });
    });

    describe('replace', () => {
      it('replaces what still is as expected', async () => {
        const expected = await stored(key('a'), { name: 'first', old: true });
        expect(await store.replace(key('a'), expected, record({ name: 'second' }))).toBe('done');
        expect(said(await store.read(key('a')))).toEqual({ name: 'second' });
      });

      it('writes nothing on a conflict, and answers what is stored instead', async () => {
        const stale = await stored(key('a'), { name: 'first' });
        await store.replace(key('a'), stale, record({ name: 'second' }));
        const outcome = await store.replace(key('a'), stale, record({ name: 'third' }));
        const payload = await payloadUnder(key('a'));
        expect(outcome).toEqual({ conflict: payload });
        expect(said(payload)).toEqual({ name: 'second' });
      });

      it('answers on a conflict what the next call can expect', async () => {
        await stored(key('a'), { name: 'first' });
        const outcome = await store.replace(key('a'), 'stale', record({ name: 'second' }));
        const next = await store.replace(key('a'), conflictOf(outcome), record({ name: 'third' }));
        expect(next).toBe('done');
      });

      it("answers 'gone' where nothing is stored, and stores nothing", async () => {
        expect(await store.replace(key('a'), 'anything', record({}))).toBe('gone');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('never brings back what was removed', async () => {
        const payload = await stored(key('a'), { name: 'first' });
        await store.remove(key('a'));
        expect(await store.replace(key('a'), payload, record({ name: 'second' }))).toBe('gone');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('lets exactly one of many parallel calls that expect the same be done', async () => {
        const expected = await stored(key('a'), { winner: 'nobody' });
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, async (_, index) =>
            store.replace(key('a'), expected, record({ winner: index })),
          ),
        );
        const winner = outcomes.indexOf('done');
        const payload = await payloadUnder(key('a'));
        expect(said(payload)).toEqual({ winner });
        expect(outcomes.toSpliced(winner, 1)).toEqual(
          Array.from({ length: 19 }, () => ({ conflict: payload })),
        );
      });

      it('loses no increment of parallel writers that try again on a conflict', async () => {
        const first = await stored(key('a'), { count: 0 });
        const increment = async (): Promise<void> => {
          let expected = first;
          for (;;) {
            const count = Number(said(expected)?.['count']) + 1;
            const outcome = await store.replace(key('a'), expected, record({ count }));
            if (outcome === 'done') return;
            expected = conflictOf(outcome);
          }
        };
        await Promise.all(Array.from({ length: 10 }, increment));
        expect(said(await store.read(key('a')))).toEqual({ count: 10 });
      });
    });

    describe('renew, or replace where a store has none', () => {
      const renew = (...asked: Parameters<SessionStore['replace']>): Promise<StoreOutcome> =>
        (store.renew ?? store.replace).call(store, ...asked);

      it('puts a record in the place of one that still is as expected', async () => {
        const expected = await stored(key('a'), { name: 'first' });
        expect(await renew(key('a'), expected, record({ name: 'other' }))).toBe('done');
        expect(said(await store.read(key('a')))).toEqual({ name: 'other' });
      });

      it('takes a longer one as well', async () => {
        const expected = await stored(key('a'), { name: 'first' });
        const longer = record({ name: 'x'.repeat(1_000) });
        expect(await renew(key('a'), expected, longer)).toBe('done');
        expect(said(await store.read(key('a')))).toEqual({ name: 'x'.repeat(1_000) });
      });

      it('leaves any other record, and brings none back', async () => {
        const payload = await stored(key('a'), { name: 'first' });
        expect(await renew(key('a'), 'stale', record({ name: 'other' }))).toEqual({
          conflict: payload,
        });
        expect(await renew(key('b'), payload, record({ name: 'other' }))).toBe('gone');
        expect(await store.read(key('a'))).toBe(payload);
        expect(await store.read(key('b'))).toBeUndefined();
      });
    });

    describe('remove', () => {
      it('removes the record, whatever it says', async () => {
        await stored(key('a'), { name: 'a' });
        await stored(key('b'), { name: 'b' });
        expect(await store.remove(key('a'))).toBe('done');
        expect(await store.read(key('a'))).toBeUndefined();
        expect(said(await store.read(key('b')))).toEqual({ name: 'b' });
      });

      it('leaves the key free', async () => {
        await stored(key('a'), { name: 'first' });
        await store.remove(key('a'));
        await stored(key('a'), { name: 'second' });
        expect(said(await store.read(key('a')))).toEqual({ name: 'second' });
      });

      it('removes a record that still is as expected', async () => {
        const expected = await stored(key('a'), { name: 'a' });
        expect(await store.remove(key('a'), expected)).toBe('done');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('leaves a record that is not, and answers what is stored', async () => {
        const payload = await stored(key('a'), { name: 'a' });
        expect(await store.remove(key('a'), 'stale')).toEqual({ conflict: payload });
        expect(await store.read(key('a'))).toBe(payload);
      });

      it("answers 'gone' where nothing is stored", async () => {
        expect(await store.remove(key('a'))).toBe('gone');
        expect(await store.remove(key('a'), 'anything')).toBe('gone');
      });

      it('and replace, side by side, leave either the removal or the conflict', async () => {
        const expected = await stored(key('a'), { name: 'first' });
        const [removal, replacement] = await Promise.all([
          store.remove(key('a'), expected),
          store.replace(key('a'), expected, record({ name: 'second' })),
        ]);
        const payload = await store.read(key('a'));
        const isRemoved = removal === 'done';
        expect(said(payload)).toEqual(isRemoved ? undefined : { name: 'second' });
        expect(removal).toEqual(isRemoved ? 'done' : { conflict: payload });
        expect(replacement).toBe(isRemoved ? 'gone' : 'done');
      });
    });

    describe('a record that has expired', () => {
      const OPERATIONS = ['read', 'replace', 'remove', 'removeExpected', 'create'] as const;
      const SENTINEL = key('sentinel');
      let payloads: Map<string, string>;

      /** Stores a record for each operation, and returns when all of them have expired. */
      beforeEach(async () => {
        const lifetime = subject.clock === undefined ? SHORT_LIFE : HOUR;
        const expiring = record({ name: 'expiring' }, lifetime);
        payloads = new Map();
        for (const operation of OPERATIONS.map(key)) {
          expect(await store.create(operation, expiring)).toBe(true);
          payloads.set(operation, (await store.read(operation)) ?? '');
        }
        if (subject.clock !== undefined) return subject.clock.advance(lifetime);
        // A server counts from when a record arrives, so the last one in could be the first one out.
        await store.create(SENTINEL, record({ name: 'sentinel' }, 2 * lifetime));
        await until(async () => (await store.read(SENTINEL)) === undefined);
      });

      it('is not read', async () => {
        expect(await store.read(key('read'))).toBeUndefined();
      });

      it('is gone for replace, and stays so', async () => {
        const expected = payloads.get(key('replace')) ?? '';
        expect(await store.replace(key('replace'), expected, record({}))).toBe('gone');
        expect(await store.read(key('replace'))).toBeUndefined();
      });

      it('is gone for remove', async () => {
        const expected = payloads.get(key('removeExpected')) ?? '';
        expect(await store.remove(key('remove'))).toBe('gone');
        expect(await store.remove(key('removeExpected'), expected)).toBe('gone');
      });

      it('leaves its key free for create', async () => {
        expect(await store.create(key('create'), record({ name: 'next' }))).toBe(true);
        expect(said(await store.read(key('create')))).toEqual({ name: 'next' });
      });
    });

    describe('a record that has not expired yet', () => {
      it('is kept for as long as it was asked for', async () => {
        await stored(key('a'), { name: 'a' });
        subject.clock?.advance(HOUR - 1);
        expect(said(await store.read(key('a')))).toEqual({ name: 'a' });
      });

      it('is kept longer when it is replaced by one that lives longer', async () => {
        const lifetime = subject.clock === undefined ? SHORT_LIFE : HOUR;
        await store.create(key('a'), record({ name: 'first' }, lifetime));
        await store.create(key('sentinel'), record({}, lifetime));
        const expected = await payloadUnder(key('a'));
        expect(await store.replace(key('a'), expected, record({ name: 'a' }, 2 * HOUR))).toBe(
          'done',
        );
        if (subject.clock !== undefined) subject.clock.advance(lifetime);
        else await until(async () => (await store.read(key('sentinel'))) === undefined);
        expect(said(await store.read(key('a')))).toEqual({ name: 'a' });
      });

      it('is dropped sooner when it is replaced by one that lives shorter', async () => {
        const expected = await stored(key('a'), { name: 'first' });
        const replaced = await store.replace(key('a'), expected, record({}, SHORT_LIFE));
        expect(replaced).toBe('done');
        if (subject.clock !== undefined) subject.clock.advance(SHORT_LIFE);
        else await until(async () => (await store.read(key('a'))) === undefined);
        expect(await store.read(key('a'))).toBeUndefined();
      });
    });

    it('does what a plain map would do, through any sequence of calls', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
          run += 1;
          const model = new Map<string, Held>();
          /** Every payload that ever was under a key: what a request may still expect there. */
          const past = new Map<string, string[]>();
          for (const [step, { operation, name, expects }] of calls.entries()) {
            const where = key(`${name} of run ${run}`);
            const held = model.get(where);
            const stale = (past.get(where) ?? []).filter((payload) => payload !== held?.payload);
            const expected =
              (expects === 'current' ? held?.payload : stale.at(-1)) ?? 'never stored';
            const isMet = held !== undefined && held.payload === expected;
            const refusal = held === undefined ? 'gone' : { conflict: held.payload };
            const next = record({ step });
            if (operation === 'create') {
              expect(await store.create(where, next)).toBe(held === undefined);
              if (held === undefined) model.set(where, { step, payload: '' });
            } else if (operation === 'replace') {
              const outcome = await store.replace(where, expected, next);
              expect(outcome).toEqual(isMet ? 'done' : refusal);
              if (isMet) model.set(where, { step, payload: '' });
            } else if (operation === 'removeExpected') {
              expect(await store.remove(where, expected)).toEqual(isMet ? 'done' : refusal);
              if (isMet) model.delete(where);
            } else {
              expect(await store.remove(where)).toBe(held === undefined ? 'gone' : 'done');
              model.delete(where);
            }
            const payload = await store.read(where);
            const holds = model.get(where);
            expect(said(payload)).toEqual(holds && { step: holds.step });
            if (holds === undefined || payload === undefined) continue;
            if (holds.payload !== '') expect(payload).toBe(holds.payload);
            holds.payload = payload;
            past.set(where, [...(past.get(where) ?? []), payload]);
          }
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

/** What the model holds of a record: the step that wrote it, and its text once that is read. */
interface Held {
  readonly step: number;
  payload: string;
}

const call = fc.record({
  operation: fc.constantFrom('create', 'replace', 'replace', 'remove', 'removeExpected'),
  name: fc.constantFrom('a', 'b'),
  expects: fc.constantFrom('current', 'current', 'stale'),
});

/** A key such as the lifecycle makes them. */
function key(name: string): string {
  return handleOf(name);
}

/** A record as the lifecycle writes it. */
function recordOf(attributes: SessionAttributes, now: number, expiresAt: number): StoredRecord {
  const payload = serialiseRecord({
    metadata: { seenAt: now, createdAt: now, userId: 'ada', authenticatedAt: now },
    cookie: {
      originalMaxAge: null,
      expires: new Date(expiresAt).toISOString(),
      secure: false,
      httpOnly: true,
      path: '/',
      sameSite: 'lax',
    },
    attributes,
  });
  return { payload, expiresAt };
}

function conflictOf(outcome: StoreOutcome): string {
  if (typeof outcome === 'object') return outcome.conflict;
  throw new Error(`expected a conflict, but the outcome is '${outcome}'`);
}

function without(attributes: SessionAttributes, names: readonly string[] = []): SessionAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

/** Returns as soon as the condition holds, and throws when it does not in good time. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come to pass within ${DEADLINE} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
