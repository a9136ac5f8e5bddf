import { createHash, hkdfSync } from 'node:crypto';

const NAME_LENGTH = 8;

/** A key made of a secret; its name lets what it sealed say so, and tells nothing of the key. */
export interface SealingKey {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The 256-bit key that a secret stands for (HKDF with SHA-256, RFC 5869).
 * @param purpose keeps the keys of one secret apart, so that nothing sealed here opens there
 */
export function sealingKey(secret: string, purpose: string): SealingKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  const digest = createHash('sha256').update(bytes.toString('base64url')).digest('base64url');
  return { name: digest.slice(0, NAME_LENGTH), bytes };
}
