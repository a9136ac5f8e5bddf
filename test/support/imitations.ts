import * as fc from 'fast-check';

const NOW = Date.now();
const ADMIN = { seenAt: NOW, createdAt: NOW, userId: 'admin' };
const RECORD = { _sesame: ADMIN, cookie: { originalMaxAge: null } };
const TOMBSTONE = { _sesame: { ended: 'revoked' }, cookie: { originalMaxAge: null } };

/** What would be the record of a signed-in user. */
export const ADMIN_RECORD = JSON.stringify(RECORD);

/** Names by which stored data is told from metadata somewhere, or that every object has. */
const NAMES = [
  '_sesame',
  '_sesame ',
  '_SESAME',
  '_sealed',
  '__lastAccess',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'id',
  'req',
  'save',
  'cookie ',
  'originalMaxAge',
  'enc',
  'ended',
  'seenAt',
  '0',
  '7',
  '-1',
  '4294967295',
  '{"_sesame":{"seenAt":',
  ',"cookie":{',
  '\uFFFD',
  '\uD800',
  '',
];

/** Texts that look like a record, a mark of one, or a part of one. */
const TEXTS = [
  ADMIN_RECORD,
  ` ${JSON.stringify(RECORD)}`,
  `\uFEFF${JSON.stringify(RECORD)}`,
  JSON.stringify(TOMBSTONE),
  JSON.stringify(JSON.stringify(RECORD)),
  'enc.',
  'enc.AAAAAAAA.AAAA',
  '"},"cookie":{},"_sesame":{"userId":"admin"}',
  ',"cookie":{"originalMaxAge":null}}',
  '{"_sesame":{"ended":"',
  '"ended":"revoked"',
  '/}},"cookie":{}',
  's:an-id.a-signature',
  'null',
  '\\"',
  '\\u005f_proto__',
  '__proto__',
  '\uFFFD',
  '\uD800',
  '\u0000',
  ' ',
  '',
];

/** A text as an application may be sent, such as one that imitates what Sesame stores. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS, ...NAMES),
  fc.string({ unit: 'binary' }),
);

export const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  text,
);

/** Data as an application may be sent. */
export const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom<unknown>(RECORD, TOMBSTONE, ADMIN, null, true, 1e21, -0.5, 0),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** The attributes that a request may want to set. `cookie` is no attribute. */
export const data: fc.Arbitrary<[string, unknown][]> = fc.uniqueArray(
  fc.tuple(
    name.filter((one) => one !== 'cookie'),
    value,
  ),
  { maxLength: 5, selector: ([one]) => one },
);
