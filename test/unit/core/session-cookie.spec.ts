import { describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import * as fc from 'fast-check';
import {
  clearingCookie,
  cookieOverrides,
  readSessionCookie,
  resolveCookie,
  setCookie,
  signedId,
  verifySignedId,
} from '../../../lib/session/token/session-cookie.js';
import type { CookieAttributes } from '../../../lib/session/record/session-record.js';

const NEW = 'the new secret';
const OLD = 'the old secret';
const settings = { name: 'connect.sid', secrets: [NEW, OLD] };

/** A cookie's value as express-session writes it. */
function signed(id: string, secret = NEW): string {
  return encodeURIComponent(`s:${sign(id, secret)}`);
}

const readBy = (
  header: string | undefined,
  { name, secrets }: { name: string; secrets: readonly string[] },
) => readSessionCookie(header, name, (value) => verifySignedId(value, secrets));
const read = (header: string | undefined) => readBy(header, settings);
const sessionCookie = (
  { name, secrets }: typeof settings,
  id: string,
  attributes: CookieAttributes,
  expires: Date | undefined,
) => setCookie(name, signedId(id, secrets), attributes, expires);
const verified = (id: string, staleSignature = false) => ({
  present: true,
  verified: { id, staleSignature },
});

describe('readSessionCookie', () => {
  it.each([
    undefined,
    '',
    'other=1',
    'xconnect.sid=1',
    'connect.sid.sig=1',
    'CONNECT.SID=1',
    'a=connect.sid',
    'connect.sid',
    '\u00a0connect.sid=1',
    'connect.sid\u00a0=1',
    'other=1; \u00a0connect.sid=1',
    '\fconnect.sid=1',
    'connect.sid\n=1',
    'connect.sid connect.sid=1',
    'connect.sidconnect.sid=1',
    'connect.sid;=1',
  ])('finds no cookie of ours in %p', (header) => {
    expect(read(header)).toEqual({ present: false });
  });

  it('reads the cookie that express-session writes', () => {
    expect(read(`connect.sid=${signed('some-id')}`)).toEqual(verified('some-id'));
  });

  it('reads a cookie signed elsewhere: HMAC-SHA256 in base64 without padding', () => {
    const header = 'connect.sid=s%3Aabc.BpxCrWRpvZMh%2Fwk%2Fdjl34N%2Bm%2BVQEU7K%2F5WenLwJCgFU';
    const reading = readBy(header, { name: 'connect.sid', secrets: ['keyboard cat'] });
    expect(reading).toEqual(verified('abc'));
  });

  it.each([
    ['among others', `a=1; connect.sid=${signed('x')}; b=2`],
    ['without a space between', `a=1;connect.sid=${signed('x')};b=2`],
    ['with spaces around', `  connect.sid  =   ${signed('x')}  `],
    ['with tabs around', `\tconnect.sid\t=\t${signed('x')}\t;\ta=1`],
    [
      'behind a name that holds its name',
      `connect.sid.sig=1; xconnect.sid=1; connect.sid=${signed('x')}`,
    ],
    ['in quotes', `connect.sid="${signed('x')}"`],
    ['not percent-encoded', `connect.sid=s:${sign('x', NEW)}`],
  ])('reads a cookie that stands %s', (_where, header) => {
    expect(read(header)).toEqual(verified('x'));
  });

  it('keeps an id that has dots and percent signs', () => {
    expect(read(`connect.sid=${signed('a.b%20c.d')}`)).toEqual(verified('a.b%20c.d'));
  });

  it.each([
    ['empty', ''],
    ['one quote', '"'],
    ['unsigned', 'some-id'],
    ['marked as signed without being it', 's%3Asome-id'],
    ['without its mark', encodeURIComponent(sign('some-id', NEW))],
    ['signed by a stranger', signed('some-id', 'another secret')],
    ['signed for another id', signed('some-id').replace('some-id', 'some-ie')],
    ['cut short', signed('some-id').slice(0, -1)],
    ['longer than it was', `${signed('some-id')}A`],
    ['an empty id, well signed', signed('')],
    ['broken percent-encoding', `${signed('some-id')}%`],
    ['bytes that are no UTF-8', '%E0%A4%A'],
    ['control characters', 's:\u0000\u0001\u007f.\u0002'],
    ['bytes above ASCII', 's:\u00ff\u00fe.\u00e9'],
    ['quoted on one side', `"${signed('some-id')}`],
    ['behind a blank that is no space', `\u00a0${signed('some-id')}`],
    ['in front of a blank that is no space', `${signed('some-id')}\u00a0`],
    ['in front of a line break', `${signed('some-id')}\n`],
    ['a signature of another case', signed('some-id').toUpperCase()],
  ])('takes for no cookie what is %s', (_what, value) => {
    expect(read(`connect.sid=${value}`)).toEqual({ present: true });
  });

  it('takes for no cookie what is longer than 4 KiB, however well it is signed', () => {
    const fits = signed('x'.repeat(4_000));
    expect(fits.length).toBeLessThanOrEqual(4_096);
    expect(read(`connect.sid=${fits}`).verified).toBeDefined();
    expect(read(`connect.sid=${signed('x'.repeat(4_096))}`)).toEqual({ present: true });
  });

  it('counts the first that verifies when others toss in theirs', () => {
    const tossed = [
      'connect.sid=tossed',
      `connect.sid=${signed('evil', 'another secret')}`,
      `connect.sid=${signed('mine')}`,
      `connect.sid=${signed('later')}`,
    ];
    expect(read(tossed.join('; '))).toEqual(verified('mine'));
  });

  it('verifies no more than eight, and none that are too short or too long', () => {
    const verifiedOf = (header: string): string[] => {
      const seen: string[] = [];
      readSessionCookie(header, 'connect.sid', (value) => {
        seen.push(value);
        return undefined;
      });
      return seen;
    };
    const forged = Array.from({ length: 100 }, (_, index) => signed(`${index}`, 'another secret'));
    const headerOf = (values: string[]): string =>
      values.map((value) => `connect.sid=${value}`).join(';');
    expect(verifiedOf(headerOf(forged))).toEqual(forged.slice(0, 8));
    const idle = forged.flatMap(() => ['s:a.b', 'x'.repeat(4_097)]);
    expect(verifiedOf(headerOf([...idle, ...forged]))).toEqual(forged.slice(0, 8));
  });

  it('verifies what an older secret signed, and says that it is due for a new signature', () => {
    expect(read(`connect.sid=${signed('some-id', OLD)}`)).toEqual(verified('some-id', true));
  });

  it('takes a name literally, whatever characters it has', () => {
    const named = { name: 'a.b*c', secrets: [NEW] };
    expect(readBy(`aXbXc=${signed('x')}`, named)).toEqual({ present: false });
    expect(readBy(`a.b*c=${signed('x')}`, named)).toEqual(verified('x'));
  });

  it('neither throws nor verifies anything unsigned, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (bytes) => {
        expect(read(`connect.sid=${bytes}`).verified).toBeUndefined();
        expect(read(bytes).verified).toBeUndefined();
      }),
    );
  });
});

describe('setCookie with a signed id', () => {
  it('writes what readSessionCookie reads, for every id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (id) => {
        const [pair] = sessionCookie(settings, id, { originalMaxAge: null }, undefined).split(';');
        expect(read(pair)).toEqual(verified(id));
      }),
    );
  });

  it('signs with the first secret, as express-session does', () => {
    const written = sessionCookie(settings, 'some-id', { originalMaxAge: null }, undefined);
    expect(written).toBe(`connect.sid=${signed('some-id', NEW)}`);
  });

  it('carries every attribute', () => {
    const written = sessionCookie(
      settings,
      'x',
      {
        originalMaxAge: 1_000,
        path: '/app',
        domain: 'example.com',
        httpOnly: true,
        secure: true,
        sameSite: 'none',
        partitioned: true,
        priority: 'high',
      },
      new Date(0),
    );
    expect(written.split('; ').slice(1).toSorted()).toEqual([
      'Domain=example.com',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'HttpOnly',
      'Partitioned',
      'Path=/app',
      'Priority=High',
      'SameSite=None',
      'Secure',
    ]);
  });
});

describe('clearingCookie', () => {
  it('has the same name, path, domain, Secure and Partitioned, no value, and a date long gone', () => {
    const written = clearingCookie('sid', {
      originalMaxAge: 1_000,
      path: '/app',
      domain: 'example.com',
      secure: true,
      partitioned: true,
    });
    expect(written.split('; ').toSorted()).toEqual([
      'Domain=example.com',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'Partitioned',
      'Path=/app',
      'Secure',
      'sid=',
    ]);
  });
});

describe('resolveCookie', () => {
  const auto = { originalMaxAge: null, path: '/', secure: 'auto', sameSite: 'auto' } as const;

  it("makes 'auto' what the connection allows", () => {
    expect(resolveCookie(auto, undefined, true)).toEqual({
      originalMaxAge: null,
      path: '/',
      secure: true,
      sameSite: 'none',
    });
    expect(resolveCookie(auto, undefined, false)).toEqual({
      originalMaxAge: null,
      path: '/',
      secure: false,
      sameSite: 'lax',
    });
  });

  it('leaves what was chosen as it is', () => {
    const chosen = { originalMaxAge: 5, secure: true, sameSite: 'strict' } as const;
    expect(resolveCookie(chosen, undefined, false)).toEqual(chosen);
  });

  it("lets a session's own attributes win", () => {
    const resolved = resolveCookie(auto, { originalMaxAge: 7, sameSite: 'strict' }, true);
    expect(resolved).toMatchObject({ originalMaxAge: 7, sameSite: 'strict', secure: true });
  });
});

describe('cookieOverrides', () => {
  const configured = {
    originalMaxAge: 60_000,
    path: '/',
    domain: undefined,
    httpOnly: true,
    secure: false,
    sameSite: 'lax',
    partitioned: undefined,
    priority: undefined,
  } as const;

  it('is undefined for the configured cookie', () => {
    expect(cookieOverrides({ ...configured }, configured)).toBeUndefined();
  });

  it.each([
    ['path', '/app'],
    ['domain', 'example.com'],
    ['httpOnly', false],
    ['secure', true],
    ['sameSite', 'strict'],
    ['partitioned', true],
    ['priority', 'high'],
    ['originalMaxAge', 120_000],
    ['originalMaxAge', null],
  ])('names %s when it differs', (attribute, value) => {
    const cookie = { ...configured, [attribute]: value };
    expect(cookieOverrides(cookie, configured)).toEqual({ [attribute]: value });
  });

  it('names every attribute that differs and no other', () => {
    const cookie = { ...configured, path: '/app', secure: true };
    expect(cookieOverrides(cookie, configured)).toEqual({ path: '/app', secure: true });
  });

  it('tells a cookie that became persistent', () => {
    const transient = { ...configured, originalMaxAge: null };
    expect(cookieOverrides(configured, transient)).toEqual({ originalMaxAge: 60_000 });
  });

  it('overlooks what maxAge loses on its way through the clock', () => {
    expect(cookieOverrides({ ...configured, originalMaxAge: 59_990 }, configured)).toBeUndefined();
  });

  it('is what resolveCookie needs to give the cookie back', () => {
    const cookie = { ...configured, path: '/app', originalMaxAge: 5_000, secure: true };
    const overrides = cookieOverrides(cookie, configured);
    expect(resolveCookie(configured, overrides, false)).toEqual(cookie);
  });
});
