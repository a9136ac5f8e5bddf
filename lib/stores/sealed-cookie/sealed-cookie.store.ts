import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { sealingKey } from '../sealing-key.js';
import type { OpenedSeal, SessionSeal } from '../session-seal.js';

/** Options of {@link SealedCookieStore}. */
export interface SealedCookieStoreOptions {
  /**
   * Random strings of at least 32 characters (`openssl rand -base64 32` makes one): the first seals,
   * all open. Replaced in three deployments: `[old, new]`, then `[new, old]`, and `[new]` when the
   * sessions of the old one have run out, which it ends. A key may seal 2^32 cookies. Not the keys of
   * another application: what is sealed for a cookie of the one opens under the same name in the other.
   */
  keys: readonly string[];
}

const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const;
const MIN_KEY_LENGTH = 32;
const PURPOSE = 'nestjs-sesame sealed cookie';

/**
 * Keeps sessions in the cookie itself, encrypted: nothing is stored on the server, and every
 * instance that has the keys knows every session.
 *
 * The cookie's value is a JWE in compact form (RFC 7516) by `dir` and `A256GCM`, whose `kid` says
 * which key sealed it. Both timeouts are inside the seal. What needs a server throws
 * UnsupportedBySessionStoreException: `list`, `revoke`, `revokeAll` and the `limit` option. A copy of
 * the cookie stays good until its timeouts, also after the session was ended or got a new id. Of
 * responses in parallel, the last one that a browser receives decides what its session holds.
 */
export class SealedCookieStore implements SessionSeal {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly sealingName: string;

  /** @throws TypeError when `keys` is no array of strings of 32 characters or more */
  constructor({ keys }: SealedCookieStoreOptions) {
    if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isLong)) {
      throw new TypeError(
        `SealedCookieStore: give { keys: [...] } with at least one random string of ${MIN_KEY_LENGTH} characters or more (\`openssl rand -base64 32\` makes one).`,
      );
    }
    const named = keys.map((secret) => sealingKey(secret, PURPOSE));
    this.keys = new Map(named.map(({ name, bytes }) => [name, createSecretKey(bytes)]));
    this.sealingName = named[0]?.name ?? '';
  }

  /** Seals a text with the first key, or with the one that sealed a former token. */
  async seal(text: string, former?: string): Promise<string> {
    const { kid = this.sealingName } = former === undefined ? {} : decodeProtectedHeader(former);
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ ...ALGORITHMS, kid })
      .encrypt(this.keyNamed(kid));
  }

  /** What one of the keys sealed into the token; `undefined` when none of them did. */
  async open(token: string): Promise<OpenedSeal | undefined> {
    if (!isCanonical(token)) return undefined;
    try {
      const { kid } = decodeProtectedHeader(token);
      if (kid === undefined) return undefined;
      const { plaintext } = await compactDecrypt(token, this.keyNamed(kid), {
        keyManagementAlgorithms: [ALGORITHMS.alg],
        contentEncryptionAlgorithms: [ALGORITHMS.enc],
      });
      return { text: new TextDecoder().decode(plaintext), isStale: kid !== this.sealingName };
    } catch {
      // Whatever is wrong with it, it is none of ours.
      return undefined;
    }
  }

  private keyNamed(name: string): KeyObject {
    const key = this.keys.get(name);
    if (key === undefined) throw new TypeError('there is no key of this name');
    return key;
  }
}

function isLong(key: unknown): key is string {
  return typeof key === 'string' && key.length >= MIN_KEY_LENGTH;
}

/**
 * The last character of a base64url text may have bits that mean nothing. A token in which they were
 * changed would open all the same, so only the one spelling counts (RFC 4648, 3.5).
 */
function isCanonical(token: string): boolean {
  return token
    .split('.')
    .every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
