import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isSecret } from '../reporting/secret-value.js';
import { randomBuffer } from './random-pool.js';

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: 16 } as const;
const NAME_LENGTH = 8;

const IV_LENGTH = 12;
const TAG_LENGTH = TAG.authTagLength;
/** Where the ciphertext begins in a packed text. */
export const CIPHERTEXT_AT = IV_LENGTH + TAG_LENGTH;

/** The fewest characters or bytes of a secret that a key is derived from. */
const MIN_SECRET_LENGTH = 32;

/** How an error describes such a secret. */
export const LONG_SECRET = `random string of ${MIN_SECRET_LENGTH} characters or more (\`openssl rand -base64 32\` makes one), or Buffer of as many bytes`;

/** True for what a key may be derived from. */
export function isLongSecret(value: unknown): value is string | Buffer {
  return isSecret(value) && value.length >= MIN_SECRET_LENGTH;
}

/** A sealed text. */
export interface SealedBytes {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * A 256-bit key derived from a secret (HKDF with SHA-256, RFC 5869), which seals texts with AES-256-GCM
 * (NIST SP 800-38D). Sealed texts can carry its name, which reveals nothing about the key.
 */
export class SealingKey {
  readonly name: string;
  /** A KeyObject, since Node prepares it only once; it would prepare bytes again for each text. */
  private readonly key: KeyObject;

  /**
   * @param purpose separates the keys of one secret: what one of them sealed, no other one opens
   * @param salt does the same, for a secret that someone else may know
   */
  constructor(secret: string | Buffer, purpose: string, salt: string | Buffer = '') {
    const bytes = Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32));
    const digest = createHash('sha256').update(bytes.toString('base64url')).digest('base64url');
    this.name = digest.slice(0, NAME_LENGTH);
    this.key = createSecretKey(bytes);
  }

  /** Seals a text with a new random nonce. It opens only with the same associated data. */
  seal(text: string, associated: string): SealedBytes {
    const iv = randomBuffer(IV_LENGTH);
    const cipher = createCipheriv(CIPHER, this.key, iv, TAG).setAAD(Buffer.from(associated));
    const ciphertext = cipher.update(text, 'utf8');
    cipher.final(); // returns no bytes in GCM
    return { iv, ciphertext, tag: cipher.getAuthTag() };
  }

  /** Returns the text that was sealed; `undefined` when another key sealed it or it has been changed. */
  open({ iv, ciphertext, tag }: SealedBytes, associated: string): string | undefined {
    if (iv.length !== IV_LENGTH || tag.length !== TAG_LENGTH) return undefined;
    const decipher = createDecipheriv(CIPHER, this.key, iv, TAG)
      .setAAD(Buffer.from(associated))
      .setAuthTag(tag);
    const text = decipher.update(ciphertext);
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return text.toString();
  }

  /** Seals a text into one piece of base64url: nonce, tag and ciphertext. */
  pack(text: string, associated: string): string {
    const { iv, tag, ciphertext } = this.seal(text, associated);
    return Buffer.concat([iv, tag, ciphertext]).toString('base64url');
  }

  /** Returns the text in bytes that {@link pack} made; `undefined` as for {@link open}. */
  unpack(bytes: Buffer, associated: string): string | undefined {
    const [iv, tag] = [bytes.subarray(0, IV_LENGTH), bytes.subarray(IV_LENGTH, CIPHERTEXT_AT)];
    return this.open({ iv, tag, ciphertext: bytes.subarray(CIPHERTEXT_AT) }, associated);
  }
}
