import { describe, expect, it } from '@jest/globals';
import { sign } from 'cookie-signature';
import * as fc from 'fast-check';
import { readCookieHeader } from '../../../../lib/session/token/cookie-reading.js';
import { MIN_SIGNED_LENGTH, verifySignedId } from '../../../../lib/session/token/signed-id.js';

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
) => readCookieHeader(header, name, MIN_SIGNED_LENGTH, (value) => verifySignedId(value, secrets));
const read = (header: string | undefined) => readBy(header, settings);
const verified = (id: string, isStale = false) => ({
  present: true,
  verified: { id, isStale, signed: `s:${sign(id, isStale ? OLD : NEW)}` },
});

describe('readCookieHeader', () => {
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
    const signed = 's:abc.BpxCrWRpvZMh/wk/djl34N+m+VQEU7K/5WenLwJCgFU';
    expect(reading.verified).toEqual({ id: 'abc', isStale: false, signed });
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

  it('verifies no value longer than 4 KiB, even if it is validly signed', () => {
    const fits = signed('x'.repeat(4_000));
    expect(fits.length).toBeLessThanOrEqual(4_096);
    expect(read(`connect.sid=${fits}`).verified).toBeDefined();
    expect(read(`connect.sid=${signed('x'.repeat(4_096))}`)).toEqual({ present: true });
  });

  it('takes the first cookie that verifies when others have planted theirs', () => {
    const tossed = [
      'connect.sid=tossed',
      `connect.sid=${signed('evil', 'another secret')}`,
      `connect.sid=${signed('mine')}`,
      `connect.sid=${signed('later')}`,
    ];
    const others = [verified('later').verified];
    expect(read(tossed.join('; '))).toEqual({ ...verified('mine'), others });
  });

  it('returns each session id once, and four at most', () => {
    const ids = (header: string[]): string[] => {
      const { verified: first, others = [] } = read(header.join('; '));
      return [first, ...others].flatMap((one) => (one === undefined ? [] : [one.id]));
    };
    const pairs = ['a', 'a', 'b', 'a', 'c', 'd', 'e'].map((id) => `connect.sid=${signed(id)}`);
    expect(ids(pairs)).toEqual(['a', 'b', 'c', 'd']);
    expect(ids([`connect.sid=${signed('a')}`, `connect.sid=${signed('a', OLD)}`])).toEqual(['a']);
  });

  it('verifies no more than eight values, and none that are too short or too long', () => {
    const verifiedOf = (header: string): string[] => {
      const seen: string[] = [];
      readCookieHeader(header, 'connect.sid', MIN_SIGNED_LENGTH, (value) => {
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

  it('verifies a cookie that an older secret signed, and says that it is due for a new signature', () => {
    expect(read(`connect.sid=${signed('some-id', OLD)}`)).toEqual(verified('some-id', true));
  });

  it('takes the cookie name literally, whatever characters it has', () => {
    const named = { name: 'a.b*c', secrets: [NEW] };
    expect(readBy(`aXbXc=${signed('x')}`, named)).toEqual({ present: false });
    expect(readBy(`a.b*c=${signed('x')}`, named)).toEqual(verified('x'));
  });

  it('neither throws nor verifies anything unsigned, whatever bytes it gets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (bytes) => {
        expect(read(`connect.sid=${bytes}`).verified).toBeUndefined();
        expect(read(bytes).verified).toBeUndefined();
      }),
    );
  });
});
