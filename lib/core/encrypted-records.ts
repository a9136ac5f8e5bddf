import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sealingKey } from '../stores/sealing-key.js';
import type { SealingKey } from '../stores/sealing-key.js';
import type { RecordCodec } from '../stores/session-store.js';
import { KeyRenewal } from './key-renewal.js';
import { CorruptRecordError } from './session-errors.js';

/** What sealed payloads begin with; JSON never does. */
const MARK = 'enc';
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
const PURPOSE = 'nestjs-sesame record';

/**
 * Records sealed with AES-256-GCM: `enc.<key name>.<base64url of IV, tag and ciphertext>`. The
 * store's key is the associated data, so a record moved to another key does not open there.
 */
export class EncryptedRecords implements RecordCodec {
  private readonly keys: readonly SealingKey[];

  private readonly renewal: KeyRenewal;

  /** @param secrets the first seals, all open */
  constructor(secrets: readonly string[], clock: () => number = Date.now) {
    this.keys = secrets.map((secret) => sealingKey(secret, PURPOSE));
    this.renewal = new KeyRenewal(clock);
  }

  seal(text: string, key: string, former?: string): string {
    const sealing = this.sealingKey(former);
    if (sealing === undefined)
      throw new CorruptRecordError('there is no key to seal it with', false);
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', sealing.bytes, iv).setAAD(Buffer.from(key));
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const sealed = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
    return `${MARK}.${sealing.name}.${sealed.toString('base64url')}`;
  }

  private sealingKey(former: string | undefined): SealingKey | undefined {
    const [first] = this.keys;
    if (former === undefined || this.keys.length === 1 || this.renewal.isDue) return first;
    const [, name] = former.split('.', 2);
    return this.keys.find((one) => one.name === name) ?? first;
  }

  open(payload: string, key: string): string {
    const [mark, name, sealed, ...rest] = payload.split('.');
    if (mark !== MARK || sealed === undefined) {
      throw new CorruptRecordError('it is not encrypted, and encryption is on', false);
    }
    const opening = this.keys.find((one) => one.name === name);
    if (opening === undefined) {
      throw new CorruptRecordError('none of encryption.keys sealed it', false);
    }
    const bytes = Buffer.from(sealed, 'base64url');
    // Decoding is lenient: only the one spelling that was written counts.
    if (rest.length > 0 || bytes.toString('base64url') !== sealed) throw changed();
    if (bytes.length < IV_LENGTH + TAG_LENGTH) throw new CorruptRecordError('it is cut short');
    const decipher = createDecipheriv('aes-256-gcm', opening.bytes, bytes.subarray(0, IV_LENGTH))
      .setAAD(Buffer.from(key))
      .setAuthTag(bytes.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH));
    try {
      const text = decipher.update(bytes.subarray(IV_LENGTH + TAG_LENGTH), undefined, 'utf8');
      return text + decipher.final('utf8');
    } catch {
      throw changed();
    }
  }
}

function changed(): CorruptRecordError {
  return new CorruptRecordError('it was changed, or belongs to another session');
}

/** True for a payload that {@link EncryptedRecords} sealed. */
export function isEncrypted(payload: string): boolean {
  return payload.startsWith(`${MARK}.`);
}
