import assert from 'node:assert/strict';
import type { Move, MoveOutcome, Version } from '../../../stores/session-store.js';
import { same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { HOUR, SHORT_LIFE } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';
import { MOVES, REFUSED_MOVES } from './moves.js';
import type { Given } from './moves.js';

const MOVED = { former: 'the mark', next: 'after', ada: ['next'], grace: [] };
const NOTHING = { former: undefined, next: undefined, ada: [], grace: [] };

/** What `move` promises. */
export const moving: readonly Promised[] = [
  ...MOVES.map(({ what, former, asked, evicted = [], leaves, ...place }): Promised => [
    `move ${what}`,
    async (subject) => {
      const version = await given(subject, place);
      const outcome = await move(subject, version, asked, former);
      same(Object(outcome).evicted, evicted);
      movedIn(outcome);
      same(await standing(subject), { ...MOVED, ...leaves });
    },
  ]),
  ...REFUSED_MOVES.map(({ what, former, asked, says, ...place }): Promised => [
    `move changes nothing if ${what}`,
    async (subject) => {
      const version = await given(subject, place);
      const before = await standing(subject);
      same(await move(subject, version, asked, former), says);
      same(await standing(subject), before);
    },
  ]),
  [
    'move returns the version of the new record, and gives the former record a new one',
    async (subject) => {
      const { store } = subject;
      const version = await given(subject, {});
      const moved = movedIn(await move(subject, version));
      versionOf(await store.replace('next', moved, record(subject, 'later')));
      const conflict = await subject.recordUnder('former');
      same(await store.replace('former', version, record(subject, 'late')), { conflict });
    },
  ],
  [
    'move is refused if the former record has changed, and works with what is there now',
    async (subject) => {
      const version = await given(subject, { entries: { ada: ['former'] } });
      await subject.store.replace('former', version, record(subject, 'changed'));
      const before = await standing(subject);
      const conflict = await subject.recordUnder('former');
      same(await move(subject, version, {}, 'ada'), { conflict });
      same(await standing(subject), before);
      movedIn(await move(subject, conflict.version, {}, 'ada'));
      same(await standing(subject), MOVED);
    },
  ],
  [
    'move is refused if the former record is removed',
    async (subject) => {
      const version = await given(subject, {});
      await subject.store.remove('former');
      same(await move(subject, version), 'gone');
      same(await standing(subject), NOTHING);
    },
  ],
  [
    'move is refused if the former record has expired',
    async (subject) => {
      const brief = record(subject, 'before', SHORT_LIFE);
      const version = versionOf(await subject.store.create('former', brief));
      await subject.passBy(brief.expiresAt);
      same(await move(subject, version), 'gone');
      same(await standing(subject), NOTHING);
    },
  ],
  [
    'move needs no former record if nothing is stored yet',
    async (subject) => {
      movedIn(await move(subject, '', { from: undefined }));
      same(await standing(subject), { ...MOVED, former: undefined });
    },
  ],
  [
    'move takes the new key if the record that was there has expired',
    async (subject) => {
      const version = await given(subject, {});
      const brief = record(subject, 'of somebody else', SHORT_LIFE);
      await subject.store.create('next', brief);
      await subject.passBy(brief.expiresAt);
      movedIn(await move(subject, version));
      same(await said(subject, 'next'), 'after');
    },
  ],
  [
    'move lets the mark and the new record expire as asked',
    async (subject) => {
      const version = await given(subject, {});
      const mark = record(subject, 'the mark', SHORT_LIFE);
      movedIn(await move(subject, version, { mark }));
      await subject.expire(mark.expiresAt, 'former');
      same(await said(subject, 'next'), 'after');
      const brief = record(subject, 'brief', SHORT_LIFE);
      movedIn(await move(subject, '', { from: undefined, to: 'another', record: brief }));
      await subject.expire(brief.expiresAt, 'another');
      same(await said(subject, 'another'), undefined);
      same(await said(subject, 'former'), undefined);
    },
  ],
  [
    'move succeeds for exactly one of many parallel calls with the same version',
    async (subject) => {
      const version = await given(subject, { entries: { ada: ['former'] } });
      const keys = Array.from({ length: 20 }, (_, place) => `next-${place}`);
      const outcomes = await Promise.all(keys.map((to) => move(subject, version, { to }, 'ada')));
      const moved = keys.filter((_key, place) => Object(outcomes[place]).moved !== undefined);
      same(moved.length, 1);
      const found = await Promise.all(keys.map((key) => said(subject, key)));
      same(
        keys.filter((_key, place) => found[place] !== undefined),
        moved,
      );
      same(await subject.users.list('ada'), moved);
    },
  ],
];

/** Moves ada's session from the former key to the next one, unless asked otherwise. */
function move(
  subject: StoreSubject,
  version: Version,
  asked: Partial<Move> = {},
  userId?: string,
): Promise<MoveOutcome> {
  const { indexed: store } = subject;
  assert(store.move !== undefined, 'the store has no `move`');
  return store.move({
    from: { key: 'former', version, userId },
    mark: record(subject, 'the mark'),
    to: 'next',
    record: record(subject, 'after'),
    entry: { userId: 'ada', expiresAt: subject.now() + 2 * HOUR },
    limit: undefined,
    needsFormerEntry: false,
    ...asked,
  });
}

/** Returns the version of what was moved; throws if nothing was. */
function movedIn(outcome: MoveOutcome): Version {
  if (typeof outcome === 'object' && 'moved' in outcome) return outcome.moved;
  return assert.fail(`expected a move, but the outcome is ${JSON.stringify(outcome)}`);
}

/** Stores the former record, and the entries, of which the first one expires first. */
async function given(
  subject: StoreSubject,
  { entries = {}, brief = {}, hasNext = false }: Given,
): Promise<Version> {
  const expiresAt = subject.now() + SHORT_LIFE;
  for (const [user, keys] of Object.entries(brief)) {
    for (const key of keys) await subject.users.add(user, { key, expiresAt });
  }
  if (Object.keys(brief).length > 0) await subject.passBy(expiresAt);
  for (const [user, keys] of Object.entries(entries)) await subject.enter(user, ...keys);
  if (hasNext) await subject.store.create('next', record(subject, 'of somebody else'));
  return versionOf(await subject.store.create('former', record(subject, 'before')));
}

/** Returns what a move could change. */
async function standing(subject: StoreSubject): Promise<object> {
  return {
    former: await said(subject, 'former'),
    next: await said(subject, 'next'),
    ada: await subject.users.list('ada'),
    grace: await subject.users.list('grace'),
  };
}

function record(subject: StoreSubject, text: string, lifetime = HOUR) {
  return subject.record({ text }, lifetime);
}

async function said(subject: StoreSubject, key: string): Promise<unknown> {
  return (await subject.saidUnder(key))?.['text'];
}
