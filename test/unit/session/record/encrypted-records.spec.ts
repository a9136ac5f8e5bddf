import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CorruptRecordError } from '../../../../lib/session/errors.js';
import { handleOf } from '../../../../lib/session/ids.js';
import { EncryptedRecords, isEncrypted } from '../../../../lib/session/record/encrypted-records.js';
import { parseRecord } from '../../../../lib/session/record/record-json.js';

const KEY = handleOf('a session');
const OTHER_KEY = handleOf('another session');
const TEXT =
  '{"_sesame":{"seenAt":1,"createdAt":1},"cookie":{"originalMaxAge":null},"label":"tea"}';

const OLD = 'the old secret of the records at rest';
const NEW = 'the new secret of the records at rest';
const records = new EncryptedRecords([NEW]);

/** How opening fails: the message, and whether the record is unreadable for good. */
function refusal(open: () => unknown): { message: string; isFinal: boolean } {
  try {
    open();
  } catch (error) {
    if (error instanceof CorruptRecordError) {
      return { message: error.message, isFinal: error.isFinal };
    }
    throw error;
  }
  throw new Error('it opened');
}

/** The payload with one byte of its IV, tag and ciphertext changed. */
function withByteChanged(payload: string, index: number): string {
  const [mark, name, sealed = ''] = payload.split('.');
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return [mark, name, bytes.toString('base64url')].join('.');
}

describe('a sealed record', () => {
  it('opens to the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, key) => {
        const payload = records.seal(text, key);
        expect(isEncrypted(payload)).toBe(true);
        expect(records.open(payload, key)).toBe(text);
      }),
    );
  });

  it('reveals nothing of its text, and is never the same twice', () => {
    const payloads = [records.seal(TEXT, KEY), records.seal(TEXT, KEY)];
    expect(payloads[0]).not.toBe(payloads[1]);
    for (const payload of payloads) {
      expect(Buffer.from(payload.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toMatch(
        /label|tea|cookie|_sesame/,
      );
    }
  });

  it.each<[string, (payload: string) => string]>([
    ['more behind it', (payload) => `${payload}.more`],
    ['padding', (payload) => `${payload}=`],
    ['a line break', (payload) => `${payload}\n`],
    ['characters that decoding skips', (payload) => payload.replace(/.$/, '!$&')],
  ])('is no session with %s', (_what, spelt) => {
    const open = (): unknown => records.open(spelt(records.seal(TEXT, KEY)), KEY);
    expect(refusal(open).message).toContain('it was changed');
  });

  it('is no session when any of its bytes was changed', () => {
    const payload = records.seal(TEXT, KEY);
    const { length } = Buffer.from(payload.split('.')[2] ?? '', 'base64url');
    expect(length).toBe(12 + 16 + TEXT.length);
    for (let index = 0; index < length; index += 1) {
      expect(refusal(() => records.open(withByteChanged(payload, index), KEY))).toEqual({
        message: expect.stringContaining('it was changed, or belongs to another session'),
        isFinal: true,
      });
    }
  });

  it.each([0, 1, 27, 28])('is no session when it is cut to %p bytes', (length) => {
    const [mark, name, sealed = ''] = records.seal(TEXT, KEY).split('.');
    const cut = Buffer.from(sealed, 'base64url').subarray(0, length).toString('base64url');
    expect(refusal(() => records.open([mark, name, cut].join('.'), KEY)).isFinal).toBe(true);
  });

  it('is no session under the key of another session', () => {
    expect(refusal(() => records.open(records.seal(TEXT, KEY), OTHER_KEY)).message).toContain(
      'belongs to another session',
    );
  });

  it('is no session under the name of another encryption key', () => {
    const [sealed] = new EncryptedRecords([OLD]).seal(TEXT, KEY).split('.').slice(-1);
    const [mark, name] = records.seal(TEXT, KEY).split('.');
    expect(refusal(() => records.open([mark, name, sealed].join('.'), KEY)).isFinal).toBe(true);
  });

  it('opens with the bytes of the encryption key', () => {
    expect(new EncryptedRecords([Buffer.from(NEW)]).open(records.seal(TEXT, KEY), KEY)).toBe(TEXT);
    const binary = new EncryptedRecords([Buffer.alloc(32, 0xff)]);
    expect(binary.open(binary.seal(TEXT, KEY), KEY)).toBe(TEXT);
  });

  it('says which encryption key sealed it, and reveals nothing about that key', () => {
    const nameOf = (secret: string): string | undefined =>
      new EncryptedRecords([secret]).seal(TEXT, KEY).split('.')[1];
    expect(nameOf(NEW)).toMatch(/^[\w-]{8}$/);
    expect(nameOf(NEW)).toBe(nameOf(NEW));
    expect(nameOf(NEW)).not.toBe(nameOf(OLD));
  });
});

describe('a record that an earlier version sealed', () => {
  it('still opens', () => {
    const sealed = [
      'enc.EdVWCjjr.qjXfciMjfAfNOg-Og09M961L9wvK98OBDBhpYXemr0Ky8E6F_B7k-PmLk09mScYQmx7',
      'u3we0UTkYSG2hhjS_BFdac0VE1wbxVvBb11KarlP1RKdO5qfglpPo6surlG2dk6OkPgf_jrWNVn9DMPG',
      'y8cyu',
    ].join('');
    expect(new EncryptedRecords([NEW, OLD]).open(sealed, KEY)).toBe(TEXT.replace('tea', 'čaj'));
  });
});

describe('the encryption keys', () => {
  const rotated = new EncryptedRecords([NEW, OLD]);

  it('all open, and the first seals', () => {
    const old = new EncryptedRecords([OLD]).seal(TEXT, KEY);
    expect(rotated.open(old, KEY)).toBe(TEXT);
    expect(records.open(rotated.seal(TEXT, KEY), KEY)).toBe(TEXT);
    expect(() => new EncryptedRecords([OLD]).open(rotated.seal(TEXT, KEY), KEY)).toThrow();
  });

  it('go on sealing records that they sealed before, until the process has run for an hour', () => {
    let now = 0;
    const behind = new EncryptedRecords([OLD]);
    const ahead = new EncryptedRecords([NEW, OLD], () => now);
    const former = behind.seal(TEXT, KEY);
    now = 3_599_999;
    expect(behind.open(ahead.seal(TEXT, KEY, former), KEY)).toBe(TEXT);
    expect(records.open(ahead.seal(TEXT, KEY, records.seal(TEXT, KEY)), KEY)).toBe(TEXT);
    expect(records.open(ahead.seal(TEXT, KEY, 'nothing that was sealed'), KEY)).toBe(TEXT);
    now += 1;
    expect(records.open(ahead.seal(TEXT, KEY, former), KEY)).toBe(TEXT);
  });

  it('open nothing once they are retired, and what they sealed is left for processes that still have them', () => {
    const old = new EncryptedRecords([OLD]).seal(TEXT, KEY);
    expect(refusal(() => records.open(old, KEY))).toEqual({
      message: expect.stringContaining('none of encryption.keys sealed it'),
      isFinal: false,
    });
  });
});

describe('a record of the wrong kind', () => {
  it('in plain text is no session while encryption is on, and is left alone', () => {
    expect(refusal(() => records.open(TEXT, KEY))).toEqual({
      message: expect.stringContaining('it is not encrypted, and encryption is on'),
      isFinal: false,
    });
  });

  it('that is sealed is no session while encryption is off, and is left alone', () => {
    expect(refusal(() => parseRecord(records.seal(TEXT, KEY), 0))).toEqual({
      message: expect.stringContaining('it is encrypted, and encryption is off'),
      isFinal: false,
    });
  });
});
