import { describe, expect, it } from '@jest/globals';
import { parseCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import * as fc from 'fast-check';
import { readCookieHeader } from '../../../../lib/session/token/cookie-reading.js';
import { setCookie } from '../../../../lib/session/token/set-cookie.js';
import {
  MIN_SIGNED_LENGTH,
  signedId,
  verifySignedId,
} from '../../../../lib/session/token/signed-id.js';

const NAME = 'connect.sid';
const SECRET = 'the secret';
const secrets = [SECRET, 'the old secret'];

const read = (header: string) =>
  readCookieHeader(header, NAME, MIN_SIGNED_LENGTH, (value) => verifySignedId(value, secrets));
const pairOf = (id: string, secret = SECRET): string =>
  `${NAME}=${encodeURIComponent(`s:${sign(id, secret)}`)}`;

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 });

/** What may stand in a header between two semicolons. */
const fragment = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => text.replaceAll(';', ','))
  .filter((text) => text.split('=', 1)[0]?.trim() !== NAME);

const otherCookies = fc.array(fragment, { maxLength: 5 });

/** A cookie with our name that was not signed with a secret of ours. */
const forgery = fc.oneof(
  fragment.map((value) => `${NAME}=${value}`),
  id.map((one) => pairOf(one, 'a secret of someone else')),
  id.map((one) => `${NAME}=s:${one}.`),
);

/** A well signed value, with one character replaced, inserted or left out. */
const tampered = fc
  .record({
    id,
    at: fc.nat(),
    by: fc.string({ unit: 'binary-ascii', maxLength: 2 }),
    isInsertion: fc.boolean(),
  })
  .map(({ id: one, at, by, isInsertion }) => {
    const good = sign(one, SECRET);
    const position = at % good.length;
    const bad = good.slice(0, position) + by + good.slice(position + (isInsertion ? 0 : 1));
    return { good, bad };
  })
  .filter(({ good, bad }) => good !== bad && !/\p{Surrogate}/u.test(bad));

describe('a Cookie header', () => {
  it('yields any id, whatever other cookies are beside it', () => {
    fc.assert(
      fc.property(id, otherCookies, otherCookies, (one, before, after) => {
        const value = signedId(one, secrets);
        const [pair = ''] = setCookie(NAME, value, { originalMaxAge: null }, 0).split(';');
        const header = [...before, pair, ...after].join(';');
        const signed = `s:${sign(one, SECRET)}`;
        expect(read(header)).toEqual({
          present: true,
          verified: { id: one, isStale: false, signed },
        });
      }),
    );
  });

  it('never verifies when it was tampered with, even if a single character differs', () => {
    fc.assert(
      fc.property(tampered, ({ bad }) => {
        const value = encodeURIComponent(`s:${bad}`);
        expect(read(`${NAME}=${value}`)).toEqual({ present: true });
      }),
      { numRuns: 1_000 },
    );
  });

  it('never verifies when it was cut short', () => {
    fc.assert(
      fc.property(id, fc.nat(), (one, cut) => {
        const pair = pairOf(one);
        const start = NAME.length + 1;
        const end = start + (cut % (pair.length - start));
        expect(read(pair.slice(0, end)).verified).toBeUndefined();
      }),
    );
  });

  it('yields the first cookie that verifies, wherever forgeries stand', () => {
    const position = fc.array(fc.oneof(forgery, fragment), { maxLength: 4 });
    fc.assert(
      fc.property(position, id, position, id, (before, first, after, second) => {
        const header = [...before, pairOf(first), ...after, pairOf(second, 'the old secret')];
        expect(read(header.join('; ')).verified).toMatchObject({ id: first, isStale: false });
      }),
    );
  });

  it('counts as having the cookie, even if every one with that name is forged', () => {
    fc.assert(
      fc.property(fc.array(forgery, { minLength: 1 }), otherCookies, (forged, others) => {
        expect(read([...others, ...forged].join(';'))).toEqual({ present: true });
      }),
    );
  });

  it('verifies only if express-session would accept it', () => {
    const piece = fc.oneof(
      fragment,
      forgery,
      id.map((one) => pairOf(one)),
      id.map((one) => pairOf(one).replaceAll('%', '%25')),
      id.map((one) => pairOf(one).toLowerCase()),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const { verified } = read(pieces.join(';'));
        if (verified === undefined) return;
        const valid = pieces.map((one) => parseCookie(one)[NAME] ?? '').map(expressId);
        expect(valid).toContain(verified.id);
      }),
    );
  });

  it('is read quickly, however long and repetitive it is', () => {
    const repeated = fc.constantFrom(
      'connect.sid',
      'connect.sid=',
      '=',
      ';',
      '"',
      '%',
      's%3A',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(repeated, { minLength: 1, maxLength: 6 }), (words) => {
        const header = words.join('').repeat(5_000);
        expect(read(header).verified).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

function expressId(value: string): string | undefined {
  if (!value.startsWith('s:')) return undefined;
  return unsign(value.slice(2), SECRET) || undefined;
}
