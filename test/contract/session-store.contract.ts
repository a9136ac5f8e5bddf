import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type {
  ReadRecord,
  Renewal,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';
import type { SessionAttributes } from '../../lib/session/data/attributes.js';
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
 * A payload is compared by what it says, not by its text: a store may write a record differently, as
 * long as it then answers with one and the same text.
 */
export function describeStoreContract(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a SessionStore`, () => {
    let subject: StoreUnderTest;
    let store: SessionStore;

    const now = (): number => subject.clock?.now() ?? Date.now();
    const record = (attributes: SessionAttributes, lifetime = HOUR): StoredRecord =>
      recordOf(attributes, now(), now() + lifetime);
    const said = (found: ReadRecord | undefined): SessionAttributes | undefined =>
      found && without(parseRecord(found.payload, 0).attributes, subject.added);

    /** Stores a record and answers what is there now. */
    const stored = async (key: string, attributes: SessionAttributes): Promise<ReadRecord> => {
      expect(await store.create(key, record(attributes))).toEqual(WRITTEN);
      return recordUnder(key);
    };
    /** Many calls at once; one after the other for a store that is never called otherwise. */
    const sideBySide = async <T>(
      count: number,
      call: (index: number) => Promise<T>,
    ): Promise<T[]> => {
      const indexes = Array.from({ length: count }, (_, index) => index);
      if (store.lacksCompareAndSet !== true) return Promise.all(indexes.map(call));
      const answers: T[] = [];
      for (const index of indexes) answers.push(await call(index));
      return answers;
    };
    const readMany = async (keys: string[]): Promise<readonly (ReadRecord | undefined)[]> =>
      store.readMany?.(keys) ?? sideBySide(keys.length, (index) => store.read(keys[index] ?? ''));
    const renewMany = async (renewals: Renewal[]) => {
      if (store.renewMany !== undefined) return store.renewMany(renewals);
      const outcomes: (ReplaceOutcome | 'busy')[] = [];
      for (const { key: under, version, record: one } of renewals) {
        outcomes.push(await store.replace(under, version, one));
      }
      return outcomes;
    };
    const recordUnder = async (key: string): Promise<ReadRecord> => {
      const found = await store.read(key);
      if (found === undefined) throw new Error(`nothing is stored under ${key}`);
      return found;
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

      it('answers the same text and version until something else is stored', async () => {
        const found = await stored(key('a'), { cart: ['tea'] });
        expect(await store.read(key('a'))).toEqual(found);
        expect(await store.read(key('a'))).toEqual(found);
      });

      it('keeps one key apart from another', async () => {
        await stored(key('a'), { name: 'a' });
        await stored(key('b'), { name: 'b' });
        expect(said(await store.read(key('a')))).toEqual({ name: 'a' });
        expect(said(await store.read(key('b')))).toEqual({ name: 'b' });
      });
    });

    it('reads many records as it reads each of them', async () => {
      const b = await stored(key('b'), { name: 'b', text: 'žluťoučký kůň 🐎' });
      const a = await stored(key('a'), { name: 'a' });
      const read = await readMany(['absent', 'a', 'b', 'a', 'gone'].map(key));
      expect(read).toEqual([undefined, a, b, a, undefined]);
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
        expect(await store.create(key('a'), written)).toEqual(WRITTEN);
        const found = await recordUnder(key('a'));
        expect(said(found)).toEqual(attributes);
        expect(parseRecord(found.payload, 0).metadata).toEqual(
          parseRecord(written.payload, 0).metadata,
        );
      });

      it("answers 'taken' and writes nothing where the key is taken", async () => {
        const found = await stored(key('a'), { name: 'first' });
        expect(await store.create(key('a'), record({ name: 'second' }))).toBe('taken');
        expect(await store.read(key('a'))).toEqual(found);
      });

      it('lets exactly one of many parallel calls have the key', async () => {
        const answers = await sideBySide(20, (index) => store.create(key('a'), record({ index })));
        const winners = answers.flatMap((answer, index) => (answer === 'taken' ? [] : [index]));
        expect(winners).toHaveLength(1);
        expect(said(await store.read(key('a')))).toEqual({ index: winners[0] });
      });
    });

    describe('a version', () => {
      it('is answered by each write for the next one', async () => {
        const created = await store.create(key('a'), record({ name: 'first' }));
        const second = await store.replace(
          key('a'),
          versionOf(created),
          record({ name: 'second', more: true }),
        );
        const third = await store.replace(key('a'), versionOf(second), record({ name: 'third' }));
        expect(said(await store.read(key('a')))).toEqual({ name: 'third' });
        expect(await store.remove(key('a'), versionOf(third))).toBe('removed');
      });

      it('that was read does as well as the one that the write answered', async () => {
        const created = await store.create(key('a'), record({ name: 'first' }));
        const found = await recordUnder(key('a'));
        const second = await store.replace(key('a'), found.version, record({ name: 'second' }));
        expect(second).toEqual(WRITTEN);
        const late = await store.replace(key('a'), versionOf(created), record({ name: 'late' }));
        expect(late).toEqual({ conflict: await recordUnder(key('a')) });
      });

      it('of a record that was removed is not the one of the next under its key', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        await store.remove(key('a'));
        const next = await stored(key('a'), { name: 'next' });
        expect(await store.replace(key('a'), version, record({}))).toEqual({ conflict: next });
        expect(await store.remove(key('a'), version)).toEqual({ conflict: next });
      });
    });

    describe('replace', () => {
      it('replaces the version that was read', async () => {
        const { version } = await stored(key('a'), { name: 'first', old: true });
        expect(await store.replace(key('a'), version, record({ name: 'second' }))).toEqual(WRITTEN);
        expect(said(await store.read(key('a')))).toEqual({ name: 'second' });
      });

      it('writes nothing on a conflict, and answers what is stored instead', async () => {
        const stale = await stored(key('a'), { name: 'first' });
        await store.replace(key('a'), stale.version, record({ name: 'second' }));
        const outcome = await store.replace(key('a'), stale.version, record({ name: 'third' }));
        const found = await recordUnder(key('a'));
        expect(outcome).toEqual({ conflict: found });
        expect(said(found)).toEqual({ name: 'second' });
      });

      it('answers on a conflict the version that the next call needs', async () => {
        await stored(key('a'), { name: 'first' });
        const outcome = await store.replace(key('a'), 'stale', record({ name: 'second' }));
        const { version } = conflictOf(outcome);
        expect(await store.replace(key('a'), version, record({ name: 'third' }))).toEqual(WRITTEN);
        expect(said(await store.read(key('a')))).toEqual({ name: 'third' });
      });

      it("answers 'gone' where nothing is stored, and stores nothing", async () => {
        expect(await store.replace(key('a'), 'anything', record({}))).toBe('gone');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('never brings back what was removed', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        await store.remove(key('a'));
        expect(await store.replace(key('a'), version, record({ name: 'second' }))).toBe('gone');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('writes for exactly one of many parallel calls with the same version', async () => {
        const { version } = await stored(key('a'), { winner: 'nobody' });
        const outcomes = await sideBySide(20, (index) =>
          store.replace(key('a'), version, record({ winner: index })),
        );
        const winner = outcomes.findIndex(isWritten);
        const found = await recordUnder(key('a'));
        expect(said(found)).toEqual({ winner });
        expect(outcomes.toSpliced(winner, 1)).toEqual(
          Array.from({ length: 19 }, () => ({ conflict: found })),
        );
      });

      it('loses no increment of parallel writers that try again on a conflict', async () => {
        const first = await stored(key('a'), { count: 0 });
        const increment = async (): Promise<void> => {
          let found = first;
          for (;;) {
            const count = Number(said(found)?.['count']) + 1;
            const outcome = await store.replace(key('a'), found.version, record({ count }));
            if (isWritten(outcome)) return;
            found = conflictOf(outcome);
          }
        };
        await sideBySide(10, increment);
        expect(said(await store.read(key('a')))).toEqual({ count: 10 });
      });
    });

    describe('renew, or replace where a store has none', () => {
      const renew = (
        ...asked: Parameters<SessionStore['replace']>
      ): Promise<ReplaceOutcome | 'busy'> => (store.renew ?? store.replace).call(store, ...asked);

      it('replaces the version that was read, and answers the next one', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        const renewed = await renew(key('a'), version, record({ name: 'other' }));
        expect(said(await store.read(key('a')))).toEqual({ name: 'other' });
        expect(await renew(key('a'), versionOf(renewed), record({ name: 'last' }))).toEqual(
          WRITTEN,
        );
      });

      it('takes a longer one as well', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        const longer = record({ name: 'x'.repeat(1_000) });
        expect(await renew(key('a'), version, longer)).toEqual(WRITTEN);
        expect(said(await store.read(key('a')))).toEqual({ name: 'x'.repeat(1_000) });
      });

      it('leaves any other record, and brings none back', async () => {
        const found = await stored(key('a'), { name: 'first' });
        expect(await renew(key('a'), 'stale', record({ name: 'other' }))).toEqual({
          conflict: found,
        });
        expect(await renew(key('b'), found.version, record({ name: 'other' }))).toBe('gone');
        expect(await store.read(key('a'))).toEqual(found);
        expect(await store.read(key('b'))).toBeUndefined();
      });
    });

    it('renews many records as it replaces each of them', async () => {
      const a = await stored(key('a'), { name: 'a' });
      const b = await stored(key('b'), { name: 'b' });
      expect(await store.replace(key('b'), b.version, record({ name: 'newer' }))).toEqual(WRITTEN);
      const [newer, c] = [await recordUnder(key('b')), await stored(key('c'), { name: 'c' })];
      const renewals = [
        { key: key('absent'), version: a.version, record: record({ name: 'back' }) },
        { key: key('a'), version: a.version, record: record({ name: 'x' }) },
        { key: key('b'), version: b.version, record: record({ name: 'y' }) },
        { key: key('c'), version: c.version, record: record({ name: 'z' }) },
      ];
      const outcomes = await renewMany(renewals);
      expect(outcomes).toEqual(['gone', WRITTEN, { conflict: newer }, WRITTEN]);
      expect(said(await store.read(key('a')))).toEqual({ name: 'x' });
      expect(said(await store.read(key('b')))).toEqual({ name: 'newer' });
      expect(said(await store.read(key('c')))).toEqual({ name: 'z' });
      const { version } = await recordUnder(key('a'));
      expect(outcomes[1]).toEqual({ version });
    });

    describe('remove', () => {
      it('removes the record, whatever it says', async () => {
        await stored(key('a'), { name: 'a' });
        await stored(key('b'), { name: 'b' });
        expect(await store.remove(key('a'))).toBe('removed');
        expect(await store.read(key('a'))).toBeUndefined();
        expect(said(await store.read(key('b')))).toEqual({ name: 'b' });
      });

      it('leaves the key free', async () => {
        await stored(key('a'), { name: 'first' });
        await store.remove(key('a'));
        await stored(key('a'), { name: 'second' });
        expect(said(await store.read(key('a')))).toEqual({ name: 'second' });
      });

      it('removes the version that was read', async () => {
        const { version } = await stored(key('a'), { name: 'a' });
        expect(await store.remove(key('a'), version)).toBe('removed');
        expect(await store.read(key('a'))).toBeUndefined();
      });

      it('leaves any other version, and answers what is stored', async () => {
        const stale = await stored(key('a'), { name: 'first' });
        await store.replace(key('a'), stale.version, record({ name: 'second' }));
        const found = await recordUnder(key('a'));
        expect(await store.remove(key('a'), stale.version)).toEqual({ conflict: found });
        expect(await store.remove(key('a'), 'never stored')).toEqual({ conflict: found });
        expect(await store.read(key('a'))).toEqual(found);
        expect(await store.remove(key('a'), found.version)).toBe('removed');
      });

      it("answers 'gone' where nothing is stored", async () => {
        expect(await store.remove(key('a'))).toBe('gone');
        expect(await store.remove(key('a'), 'anything')).toBe('gone');
      });

      it('and replace, side by side, leave either the removal or the conflict', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        const [removal, replacement] = await sideBySide<unknown>(2, (index) =>
          index === 0
            ? store.remove(key('a'), version)
            : store.replace(key('a'), version, record({ name: 'second' })),
        );
        const found = await store.read(key('a'));
        const isRemoved = removal === 'removed';
        expect(said(found)).toEqual(isRemoved ? undefined : { name: 'second' });
        expect(removal).toEqual(isRemoved ? 'removed' : { conflict: found });
        expect(replacement).toEqual(isRemoved ? 'gone' : WRITTEN);
      });
    });

    describe('a record that has expired', () => {
      const OPERATIONS = ['read', 'replace', 'remove', 'removeVersion', 'create'] as const;
      const SENTINEL = key('sentinel');
      let versions: Map<string, Version>;

      /** Stores a record for each operation, and returns when all of them have expired. */
      beforeEach(async () => {
        const lifetime = subject.clock === undefined ? SHORT_LIFE : HOUR;
        const expiring = record({ name: 'expiring' }, lifetime);
        versions = new Map();
        for (const operation of OPERATIONS.map(key)) {
          versions.set(operation, versionOf(await store.create(operation, expiring)));
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
        const version = versions.get(key('replace')) ?? '';
        expect(await store.replace(key('replace'), version, record({}))).toBe('gone');
        expect(await store.read(key('replace'))).toBeUndefined();
      });

      it('is gone for remove', async () => {
        const version = versions.get(key('removeVersion')) ?? '';
        expect(await store.remove(key('remove'))).toBe('gone');
        expect(await store.remove(key('removeVersion'), version)).toBe('gone');
      });

      it('leaves its key free for create', async () => {
        expect(await store.create(key('create'), record({ name: 'next' }))).toEqual(WRITTEN);
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
        const { version } = await recordUnder(key('a'));
        expect(await store.replace(key('a'), version, record({ name: 'a' }, 2 * HOUR))).toEqual(
          WRITTEN,
        );
        if (subject.clock !== undefined) subject.clock.advance(lifetime);
        else await until(async () => (await store.read(key('sentinel'))) === undefined);
        expect(said(await store.read(key('a')))).toEqual({ name: 'a' });
      });

      it('is dropped sooner when it is replaced by one that lives shorter', async () => {
        const { version } = await stored(key('a'), { name: 'first' });
        const replaced = await store.replace(key('a'), version, record({}, SHORT_LIFE));
        expect(replaced).toEqual(WRITTEN);
        if (subject.clock !== undefined) subject.clock.advance(SHORT_LIFE);
        else await until(async () => (await store.read(key('a'))) === undefined);
        expect(await store.read(key('a'))).toBeUndefined();
      });
    });

    it('does what a plain map would do, through any sequence of calls', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 20, size: 'max' }), async (calls) => {
          run += 1;
          const model = new Map<string, Held>();
          /** Every version that ever was under a key: what a request may still have read there. */
          const past = new Map<string, Version[]>();
          for (const [step, { operation, name, given }] of calls.entries()) {
            const where = key(`${name} of run ${run}`);
            const held = model.get(where);
            const stale = (past.get(where) ?? []).filter(
              (version) => version !== held?.written && version !== held?.found.version,
            );
            const current = given === 'written' ? held?.written : held?.found.version;
            const version = (given === 'stale' ? stale.at(-1) : current) ?? 'never stored';
            const isMet = held !== undefined && given !== 'stale';
            const refusal = held === undefined ? 'gone' : { conflict: held.found };
            const next = record({ step });
            let written: Written | undefined;
            if (operation === 'create') {
              const outcome = await store.create(where, next);
              expect(outcome).toEqual(held === undefined ? WRITTEN : 'taken');
              if (outcome !== 'taken') written = outcome;
            } else if (operation === 'replace') {
              const outcome = await store.replace(where, version, next);
              expect(outcome).toEqual(isMet ? WRITTEN : refusal);
              if (isWritten(outcome)) written = outcome;
            } else if (operation === 'removeVersion') {
              expect(await store.remove(where, version)).toEqual(isMet ? 'removed' : refusal);
              if (isMet) model.delete(where);
            } else {
              expect(await store.remove(where)).toBe(held === undefined ? 'gone' : 'removed');
              model.delete(where);
            }
            const found = await store.read(where);
            if (written === undefined) {
              expect(found).toEqual(model.get(where)?.found);
              continue;
            }
            expect(said(found)).toEqual({ step });
            if (found === undefined) continue;
            model.set(where, { found, written: written.version });
            past.set(where, [...(past.get(where) ?? []), written.version, found.version]);
          }
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

/** What the model holds of a record: what was read, and the version that its write answered. */
interface Held {
  readonly found: ReadRecord;
  readonly written: Version;
}

const call = fc.record({
  operation: fc.constantFrom('create', 'replace', 'replace', 'remove', 'removeVersion'),
  name: fc.constantFrom('a', 'b'),
  given: fc.constantFrom('written', 'read', 'stale'),
});

/** The answer to a write that was done. */
const WRITTEN = { version: expect.anything() };

function isWritten(outcome: ReplaceOutcome | 'taken' | 'busy'): outcome is Written {
  return typeof outcome === 'object' && 'version' in outcome;
}

function versionOf(outcome: ReplaceOutcome | 'taken' | 'busy'): Version {
  if (isWritten(outcome)) return outcome.version;
  throw new Error(`expected a version, but the outcome is ${JSON.stringify(outcome)}`);
}

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

function conflictOf(outcome: ReplaceOutcome | 'busy'): ReadRecord {
  if (typeof outcome === 'object' && 'conflict' in outcome) return outcome.conflict;
  throw new Error(`expected a conflict, but the outcome is ${JSON.stringify(outcome)}`);
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
