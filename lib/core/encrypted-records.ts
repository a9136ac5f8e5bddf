import { decodeBase64Url } from '../stores/base64url.js';
import { IV_LENGTH, SealingKey, TAG_LENGTH } from '../stores/sealing-key.js';
import type { RecordCodec } from '../stores/session-store.js';
import { CorruptRecordError } from './session-errors.js';

/** What sealed payloads begin with; JSON never does. */
const MARK = 'enc';
/** Where the ciphertext begins. */
const CIPHERTEXT_AT = IV_LENGTH + TAG_LENGTH;
const PURPOSE = 'nestjs-sesame record';

/**
 * Records sealed with AES-256-GCM: `enc.<key name>.<base64url of IV, tag and ciphertext>`. The
 * store's key is the associated data, so a record moved to another key does not open there.
 */
export class EncryptedRecords implements RecordCodec {
  private readonly keys: readonly SealingKey[];

  /** @param secrets the first seals, all open */
  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => new SealingKey(secret, PURPOSE));
  }

  seal(text: string, key: string): string {
    const [sealing] = this.keys;
    if (sealing === undefined)
      throw new CorruptRecordError('there is no key to seal it with', false);
    const { iv, tag, ciphertext } = sealing.seal(text, key);
    const sealed = Buffer.concat([iv, tag, ciphertext]);
    return `${MARK}.${sealing.name}.${sealed.toString('base64url')}`;
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
    const bytes = decodeBase64Url(sealed);
    if (rest.length > 0 || bytes === undefined) throw changed();
    if (bytes.length < CIPHERTEXT_AT) throw new CorruptRecordError('it is cut short');
    const [iv, tag] = [bytes.subarray(0, IV_LENGTH), bytes.subarray(IV_LENGTH, CIPHERTEXT_AT)];
    const text = opening.open({ iv, tag, ciphertext: bytes.subarray(CIPHERTEXT_AT) }, key);
    if (text === undefined) throw changed();
    return text;
  }
}

function changed(): CorruptRecordError {
  return new CorruptRecordError('it was changed, or belongs to another session');
}

/** True for a payload that {@link EncryptedRecords} sealed. */
export function isEncrypted(payload: string): boolean {
  return payload.startsWith(`${MARK}.`);
}
