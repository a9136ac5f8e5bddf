import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MemorySessionStore } from 'nestjs-sesame';
import type {
  Move,
  MoveOutcome,
  ReplaceOutcome,
  StoredRecord,
  Version,
  Written,
} from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { MINUTE, startClock, startDevicesApp } from '../users-and-devices/devices-app.js';

afterEach(closeApps);

type Writing = 'create' | 'replace' | 'put' | 'move';

/** A store that stores whatever it is given, as a hastily written one would. */
class WritingStore extends MemorySessionStore {
  readonly given: [Writing, StoredRecord][] = [];

  override create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    this.given.push(['create', record]);
    return super.create(key, record);
  }

  override replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    this.given.push(['replace', record]);
    return super.replace(key, version, record);
  }

  override put(key: string, record: StoredRecord): Promise<void> {
    this.given.push(['put', record]);
    return super.put(key, record);
  }

  override move(asked: Move): Promise<MoveOutcome> {
    const { mark, record } = asked;
    for (const one of [mark, record]) if (one !== undefined) this.given.push(['move', one]);
    return super.move(asked);
  }
}

const SECRET_ITEM = 'a test for an illness';

type Step =
  | 'visit'
  | 'sign in'
  | 'set'
  | 'both set'
  | 'update'
  | 'confirm'
  | 'regenerate'
  | 'sign out'
  | 'end all'
  | 'an hour passes'
  | 'a minute passes';

const step = fc.constantFrom<Step>(
  ...(['visit', 'sign in', 'sign in', 'set', 'both set', 'update', 'confirm'] as const),
  ...(['regenerate', 'sign out', 'end all', 'an hour passes', 'a minute passes'] as const),
);

/** Covers every method of the port that takes a record. */
const EXAMPLE: Step[] = ['update', 'sign in', 'set', 'both set', 'update', 'confirm', 'end all'];

describe.each([
  ['in clear', undefined],
  ['encrypted', { keys: ['a key of thirty-two characters or more'] }],
])('A store of records %s', (_how, encryption) => {
  it("gets the payload and its expiry, and nothing else, throughout a session's life", async () => {
    const { clock, pass } = startClock();
    const store = new WritingStore({ clock });
    const limit = { max: 2, onExceed: 'evict-oldest' } as const;
    const app = await startDevicesApp({ clock, store, limit, encryption });
    const live = async (steps: readonly Step[]): Promise<void> => {
      let browser = app.browser();
      const set = () => browser.post('/set', { items: [SECRET_ITEM, String(Math.random())] });
      for (const one of steps) {
        if (one === 'visit') await browser.get('/open');
        if (one === 'sign in') {
          browser = app.browser();
          await browser.post('/login', { user: 'ada', set: { label: SECRET_ITEM } });
        }
        if (one === 'set') await set();
        if (one === 'both set') await Promise.all([set(), set()]);
        if (one === 'update') await browser.post('/update');
        if (one === 'confirm') await browser.post('/confirm');
        if (one === 'regenerate') await browser.post('/regenerate', {});
        if (one === 'sign out') await browser.post('/logout');
        if (one === 'end all') await app.sessions.revokeAll('ada');
        if (one === 'an hour passes') pass(60 * MINUTE);
        if (one === 'a minute passes') pass(MINUTE);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        store.given.length = 0;
        await live(steps);
        for (const [, record] of store.given) {
          expect(Reflect.ownKeys(record).toSorted()).toEqual(['expiresAt', 'payload']);
          expect([typeof record.payload, typeof record.expiresAt]).toEqual(['string', 'number']);
        }
        const written = JSON.stringify(store.given);
        if (encryption !== undefined) expect(written).not.toContain(SECRET_ITEM);
      }),
      { numRuns: 30, examples: [[EXAMPLE]] },
    );
    store.given.length = 0;
    await live(EXAMPLE);
    const kinds = new Set(store.given.map(([kind]) => kind));
    expect([...kinds].toSorted()).toEqual(['create', 'move', 'put', 'replace']);
  });
});
