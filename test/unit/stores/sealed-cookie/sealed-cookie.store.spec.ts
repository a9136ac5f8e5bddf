import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from 'jose';
import type { CompactJWEHeaderParameters } from 'jose';
import { SealedCookieStore } from 'nestjs-sesame';
import { BY_KEY, BY_OLD_KEY, KEY, NAME, OLD_KEY } from './sealed-by-jose.js';

const store = new SealedCookieStore({ keys: [KEY] });
const TEXT = 'id {"name":"ada"}';

/** The key of the sealed cookies as another program would derive it. */
const bytes = Buffer.from(hkdfSync('sha256', KEY, '', 'nestjs-sesame sealed cookie', 32));
const OURS = { alg: 'dir', enc: 'A256GCM', kid: String(decodeProtectedHeader(BY_KEY).kid) };

function sealedByJose(text: string, header: CompactJWEHeaderParameters): Promise<string> {
  return new CompactEncrypt(Buffer.from(text)).setProtectedHeader(header).encrypt(bytes);
}

/** Sealed by our key and cipher under any header, even one that jose would not write. */
function sealedUnder(headerOf: object): string {
  const header = Buffer.from(JSON.stringify(headerOf)).toString('base64url');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(TEXT), cipher.final()]);
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [header, '', ...parts].join('.');
}

describe('The token of a SealedCookieStore', () => {
  it('opens to the text that was sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(store.open(store.seal(text))).toEqual({ text, isStale: false });
      }),
    );
  });

  it('opens with the bytes of the key', () => {
    const binary = new SealedCookieStore({ keys: [Buffer.from(KEY), Buffer.alloc(32, 0xff)] });
    expect(binary.open(store.seal(TEXT))).toEqual({ text: TEXT, isStale: false });
  });

  it('is a JWE: jose opens it', async () => {
    const { plaintext, protectedHeader } = await compactDecrypt(store.seal(TEXT), bytes);
    expect(Buffer.from(plaintext).toString()).toBe(TEXT);
    expect(protectedHeader).toEqual(OURS);
  });

  it('is never the same twice', () => {
    const nonces = new Set(Array.from({ length: 100 }, () => store.seal(TEXT).split('.')[2]));
    expect(nonces.size).toBe(100);
  });

  it.each<[string, CompactJWEHeaderParameters]>([
    ['as it is here', OURS],
    ['in another order', { kid: OURS.kid, enc: OURS.enc, alg: OURS.alg }],
    ['with what means nothing to us', { ...OURS, typ: 'JWE' }],
  ])('opens when jose made it, with the header %s', async (_how, header) => {
    expect(store.open(await sealedByJose(TEXT, header))).toEqual({ text: TEXT, isStale: false });
  });

  it.each<[string, object]>([
    ['no kid', { kid: undefined }],
    ['the kid of no key', { kid: 'unknown' }],
    ['another algorithm', { alg: 'A256GCMKW' }],
    ['another cipher', { enc: 'A256CBC-HS512' }],
    ['what must be understood', { crit: ['exp'], exp: 1 }],
    ['a compression', { zip: 'DEF' }],
  ])('does not open with %s in its header, even if our key sealed it', (_what, changes) => {
    expect(store.open(sealedUnder(OURS))).toBeDefined();
    expect(store.open(sealedUnder({ ...OURS, ...changes }))).toBeUndefined();
  });

  it('does not open under a header other than the one sealed with it', () => {
    const header = Buffer.from(JSON.stringify({ ...OURS, typ: 'JWE' })).toString('base64url');
    const [, ...rest] = store.seal(TEXT).split('.');
    expect(store.open([header, ...rest].join('.'))).toBeUndefined();
  });

  it.each<[string, (parts: string[]) => string[]]>([
    ['a part missing', (parts) => parts.slice(0, -1)],
    ['a part more', (parts) => [...parts, '']],
    ['an encrypted key', ([header = '', , ...rest]) => [header, 'AAAA', ...rest]],
    ['a short tag', (parts) => [...parts.slice(0, -1), (parts.at(-1) ?? '').slice(0, 16)]],
    ['a short nonce', ([header = '', key = '', , ...rest]) => [header, key, 'AAAA', ...rest]],
    ['padding', (parts) => [...parts.slice(0, -1), `${parts.at(-1)}==`]],
    [
      'a character that decoding skips',
      ([header, key, iv, ...rest]) => [header, key, `${iv}!`, ...rest].map(String),
    ],
    ['nothing at all', () => []],
  ])('does not open with %s', (_what, change) => {
    expect(store.open(change(store.seal(TEXT).split('.')).join('.'))).toBeUndefined();
  });

  it('does not open as arbitrary text', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(store.open(parts.join('.'))).toBeUndefined();
      }),
    );
  });
});

describe('A token that an earlier release sealed with jose', () => {
  it('still opens', () => {
    expect(store.open(BY_KEY)?.text).toContain(`"name":"${NAME}"`);
  });

  it('is due to be sealed again if its key is an older one', () => {
    const rotated = new SealedCookieStore({ keys: [KEY, OLD_KEY] });
    expect(rotated.open(BY_OLD_KEY)).toEqual({
      text: expect.stringContaining(`"name":"${NAME}"`),
      isStale: true,
    });
    expect(store.open(BY_OLD_KEY)).toBeUndefined();
  });
});
