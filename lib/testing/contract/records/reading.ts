import type { SessionAttributes } from '../../../session/data/attributes.js';
import { parseRecord } from '../../../session/record/record-json.js';
import { same, versionOf } from '../checks.js';
import type { Promised } from '../contract-case.js';
import { keyFor } from '../store-subject.js';

const [A, B] = [keyFor('a'), keyFor('b')];

const KINDS: readonly (readonly [string, SessionAttributes])[] = [
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
];

/** What `read` and `create` promise. */
export const reading: readonly Promised[] = [
  [
    'read returns undefined if nothing is stored under the key',
    async ({ store }) => same(await store.read(keyFor('absent')), undefined),
  ],
  [
    'read returns the same text and version until something else is stored',
    async (subject) => {
      const found = await subject.stored(A, { cart: ['tea'] });
      same(await subject.store.read(A), found);
      same(await subject.store.read(A), found);
    },
  ],
  [
    'read keeps one key apart from another',
    async (subject) => {
      await subject.stored(A, { name: 'a' });
      await subject.stored(B, { name: 'b' });
      same(await subject.saidUnder(A), { name: 'a' });
      same(await subject.saidUnder(B), { name: 'b' });
    },
  ],
  ...KINDS.map(([what, attributes]): Promised => [
    `create stores ${what} as it is`,
    async (subject) => {
      const written = subject.record(attributes);
      versionOf(await subject.store.create(A, written));
      const found = await subject.recordUnder(A);
      same(subject.said(found), attributes);
      same(parseRecord(found.payload, 0).metadata, parseRecord(written.payload, 0).metadata);
    },
  ]),
  [
    "create returns 'taken' and writes nothing if the key is taken",
    async (subject) => {
      const found = await subject.stored(A, { name: 'first' });
      same(await subject.store.create(A, subject.record({ name: 'second' })), 'taken');
      same(await subject.store.read(A), found);
    },
  ],
  [
    'create succeeds for exactly one of many parallel calls with the same key',
    async (subject) => {
      const answers = await subject.sideBySide(20, (index) =>
        subject.store.create(A, subject.record({ index })),
      );
      const winners = answers.flatMap((answer, index) => (answer === 'taken' ? [] : [index]));
      same(winners.length, 1);
      same(await subject.saidUnder(A), { index: winners[0] });
    },
  ],
];
