import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: 16 } as const;
const NAME_LENGTH = 8;

/** How many bytes a nonce has. */
export const IV_LENGTH = 12;
/** How many bytes an authentication tag has. */
export const TAG_LENGTH = TAG.authTagLength;

/** What a key made of a text. */
export interface SealedBytes {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * A 256-bit key made of a secret (HKDF with SHA-256, RFC 5869), which seals texts with AES-256-GCM
 * (NIST SP 800-38D). Its name lets what it sealed say so, and tells nothing of the key.
 */
export class SealingKey {
  readonly name: string;
  /** Node prepares the bytes of a key anew for each text, but a KeyObject once. */
  private readonly key: KeyObject;

  /** @param purpose keeps the keys of one secret apart, so that nothing sealed here opens there */
  constructor(secret: string, purpose: string) {
    const bytes = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
    const digest = createHash('sha256').update(bytes.toString('base64url')).digest('base64url');
    this.name = digest.slice(0, NAME_LENGTH);
    this.key = createSecretKey(bytes);
  }

  /** Seals a text under a fresh random nonce. It opens only with the same associated data. */
  seal(text: string, associated: string): SealedBytes {
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv(CIPHER, this.key, iv, TAG).setAAD(Buffer.from(associated));
    const ciphertext = cipher.update(text, 'utf8');
    cipher.final(); // GCM holds nothing back
    return { iv, ciphertext, tag: cipher.getAuthTag() };
  }

  /** The text that was sealed; `undefined` when this key did not seal it, or it was changed. */
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
}
