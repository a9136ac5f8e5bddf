import { decodeBase64Url } from '../../stores/base64url.js';
import { CIPHERTEXT_AT, SealingKey } from '../../stores/sealing-key.js';
import type { RecordCodec } from '../../stores/session-store.js';
import { systemClock } from '../../stores/system-clock.js';
import { CorruptRecordError } from '../errors.js';
import { KeyRenewal } from './key-renewal.js';

/** What sealed payloads begin with; JSON never does. */
const MARK = 'enc';
const PURPOSE = 'nestjs-sesame record';

/**
 * Records sealed with AES-256-GCM: `enc.<key name>.<base64url of IV, tag and ciphertext>`. The
 * store's key is the associated data, so a record copied to another key cannot be opened there.
 */
export class EncryptedRecords implements RecordCodec {
  private readonly keys: readonly SealingKey[];
  private readonly renewal: KeyRenewal;

  /** @param secrets the first seals, all open */
  constructor(secrets: readonly (string | Buffer)[], clock = systemClock) {
    this.keys = secrets.map((secret) => new SealingKey(secret, PURPOSE));
    this.renewal = new KeyRenewal(clock);
  }

  seal(text: string, key: string, former?: string): string {
    const sealing = this.sealingKey(former);
    if (sealing === undefined) {
      throw new CorruptRecordError('there is no key to seal it with', false);
    }
    return `${MARK}.${sealing.name}.${sealing.pack(text, key)}`;
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
    const bytes = decodeBase64Url(sealed);
    if (rest.length > 0 || bytes === undefined) throw tamperedWith();
    if (bytes.length < CIPHERTEXT_AT) throw new CorruptRecordError('it is cut short');
    const text = opening.unpack(bytes, key);
    if (text === undefined) throw tamperedWith();
    return text;
  }
}

function tamperedWith(): CorruptRecordError {
  return new CorruptRecordError('it was changed, or belongs to another session');
}

/** True for a payload that {@link EncryptedRecords} sealed. */
export function isEncrypted(payload: string): boolean {
  return payload.startsWith(`${MARK}.`);
}
