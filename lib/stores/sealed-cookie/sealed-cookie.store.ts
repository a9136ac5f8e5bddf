import { brand } from '../../copies/brand.js';
import { isSecret, secretValue } from '../../reporting/secret-value.js';
import { decodeBase64Url } from '../base64url.js';
import { isLongSecret, LONG_SECRET, SealingKey } from '../sealing-key.js';
import type { OpenedSeal, SessionSeal } from '../session-seal.js';
import { ANYTHING, checkStoreOptions } from '../store-options.js';
import type { StoreOptionRules } from '../store-options.js';

/** Options of {@link SealedCookieStore}. */
export interface SealedCookieStoreOptions {
  /**
   * Random strings of at least 32 characters (`openssl rand -base64 32` makes one), or Buffers of as many
   * bytes. `undefined`, the value of an unset variable, is an error. The first key seals; all of them open.
   * To replace a key, deploy three times: `[old, new]`, then `[new, old]`, and, when the sessions of the old
   * key have expired, `[new]`, which ends any that are left. A key may seal 2^32 cookies. Do not share keys
   * between applications: what one of them sealed would open in the other, in a cookie of the same name.
   */
  keys: readonly (string | Buffer | undefined)[];
}

/** What is wrong with the keys is told without showing them. */
const SEALED_OPTIONS: StoreOptionRules = {
  store: 'SealedCookieStore',
  example: '{ keys }',
  rules: { keys: ANYTHING },
};

const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const;
const PURPOSE = 'nestjs-sesame sealed cookie';

/**
 * Keeps sessions in the cookie itself, encrypted: nothing is stored on the server, and every instance
 * that has the keys can open every session.
 *
 * The value of the cookie is a JWE in compact form (RFC 7516) with `dir` and `A256GCM`, whose `kid` says
 * which key sealed it. Both timeouts are sealed in. `list`, `revoke` and `revokeAll` would need a server
 * and throw UnsupportedBySessionStoreException; the `limit` option is an error at boot. A copy of the
 * cookie stays valid until its timeouts, even after the session was ended or got a new id. Of parallel
 * responses, the last one that the browser receives determines what its session holds.
 */
export class SealedCookieStore implements SessionSeal {
  static {
    brand(this, 'SealedCookieStore');
  }

  private readonly keys: readonly HeadedKey[];
  private readonly sealing: HeadedKey;

  /** @throws TypeError when `keys` is not an array of strings and Buffers that are long enough, or another option is given */
  constructor(options: SealedCookieStoreOptions) {
    const { keys } = checkStoreOptions(SEALED_OPTIONS, options);
    const areKeys = Array.isArray(keys) && keys.every(isLongSecret);
    const [sealing, ...older] = areKeys ? keys.map(headed) : [];
    if (sealing === undefined) {
      const found =
        Array.isArray(keys) && keys.every(isSecret) ? '' : ` keys is ${secretValue(keys)}.`;
      throw new TypeError(
        `SealedCookieStore: pass { keys: [...] } with at least one ${LONG_SECRET}.${found}`,
      );
    }
    this.sealing = sealing;
    this.keys = [sealing, ...older];
  }

  /** Seals a text with the key that sealed the former token, or else with the first key. */
  seal(text: string, former?: string): string {
    const [formerHeader = ''] = former?.split('.', 1) ?? [];
    const { key, header } = this.keyFor(formerHeader) ?? this.sealing;
    const { iv, ciphertext, tag } = key.seal(text, header);
    return [header, '', ...[iv, ciphertext, tag].map(encode)].join('.');
  }

  /** Opens a token; `undefined` for any text that none of the keys sealed. */
  open(token: string): OpenedSeal | undefined {
    const [header = '', encryptedKey, ...parts] = token.split('.');
    const opening = this.keyFor(header);
    if (opening === undefined || encryptedKey !== '' || parts.length !== 3) return undefined;
    const [iv, ciphertext, tag] = parts.map(decodeBase64Url);
    if (iv === undefined || ciphertext === undefined || tag === undefined) return undefined;
    const text = opening.key.open({ iv, ciphertext, tag }, header);
    return text === undefined ? undefined : { text, isStale: opening !== this.sealing };
  }

  /** Returns the key that the header of a token names, if it names our algorithms, too. */
  private keyFor(header: string): HeadedKey | undefined {
    const ours = this.keys.find((one) => one.header === header);
    if (ours !== undefined) return ours;
    const kid = keyNameIn(header);
    return this.keys.find(({ key }) => key.name === kid);
  }
}

/** A key, and the header of the tokens that it seals. */
interface HeadedKey {
  readonly key: SealingKey;
  readonly header: string;
}

function headed(secret: string | Buffer): HeadedKey {
  const key = new SealingKey(secret, PURPOSE);
  const header = encode(Buffer.from(JSON.stringify({ ...ALGORITHMS, kid: key.name })));
  return { key, header };
}

/** Returns the name of the key in a header that says the same as ours in different JSON. */
function keyNameIn(header: string): unknown {
  try {
    const named: Record<string, unknown> = JSON.parse(String(decodeBase64Url(header)));
    const { alg, enc, kid, crit, zip } = named;
    const isOurs = alg === ALGORITHMS.alg && enc === ALGORITHMS.enc;
    return isOurs && crit === undefined && zip === undefined ? kid : undefined;
  } catch {
    return undefined; // it is not a header
  }
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}
