import * as fc from 'fast-check';
import type { CookieAttributes } from '../../lib/options/cookie/cookie-attributes.js';
import type { SessionAttributes } from '../../lib/session/data/attributes.js';
import type {
  RecordCookie,
  SessionMetadata,
  SessionRecord,
} from '../../lib/session/record/session-record.js';

const RESERVED = new Set(['_sesame', 'cookie', '__proto__']);

/** What JSON makes of a value. */
export function asJson<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** True for what is refused as an attribute: a `__proto__` key somewhere inside. */
function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoKey);
}

export const attributeName: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('7', 'cart', 'constructor', 'toJSON2'))
  .filter((name) => !RESERVED.has(name));

export const attributeValue: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
  .filter((value) => !hasProtoKey(value))
  .map(asJson);

/** Milliseconds that a date can hold, even when doubled. */
const time = fc.maxSafeNat().map((milliseconds) => milliseconds % 4.32e15);

export const attributes: fc.Arbitrary<SessionAttributes> = fc.dictionary(
  attributeName,
  attributeValue,
  { maxKeys: 8, noNullPrototype: true },
);

const cookieShape = {
  originalMaxAge: fc.option(fc.integer({ min: 1 })),
  path: fc.webPath().map((path) => path.replaceAll(';', '')),
  domain: fc.option(fc.domain(), { nil: '' }),
  httpOnly: fc.boolean(),
  secure: fc.boolean(),
  sameSite: fc.constantFrom<NonNullable<CookieAttributes['sameSite']>>(
    true,
    false,
    'lax',
    'strict',
    'none',
  ),
  partitioned: fc.boolean(),
  priority: fc.constantFrom<NonNullable<CookieAttributes['priority']>>('low', 'medium', 'high'),
};

const recordCookie: fc.Arbitrary<RecordCookie> = fc.record(
  {
    ...cookieShape,
    expires: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  },
  { requiredKeys: ['originalMaxAge'] },
);

const metadata: fc.Arbitrary<SessionMetadata> = fc.record(
  {
    seenAt: time,
    createdAt: time,
    userId: fc.string({ unit: 'binary' }),
    authenticatedAt: time,
    ip: fc.ipV6(),
    userAgent: fc.string({ unit: 'binary' }),
    idleTimeout: fc.integer({ min: 1 }),
    absoluteTimeout: fc.integer({ min: 1 }),
    cookie: fc.record(cookieShape, { requiredKeys: [] }),
  },
  { requiredKeys: ['seenAt', 'createdAt'] },
);

export const sessionRecord: fc.Arbitrary<SessionRecord> = fc.record({
  metadata,
  cookie: recordCookie,
  attributes,
});
