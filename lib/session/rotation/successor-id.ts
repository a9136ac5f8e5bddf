import { decodeBase64Url } from '../../stores/base64url.js';
import { SealingKey } from '../../stores/sealing-key.js';
import type { FormerSession } from '../state/session-state.js';

const PURPOSE = 'nestjs-sesame successor';

/**
 * Seals the new id of a session for whoever has its former one: with a key that takes both that id and a
 * secret of the server. So neither a leaked store nor a leaked secret lets anybody in.
 * @param secrets the first seals
 */
export function sealSuccessorId(
  id: string,
  former: FormerSession,
  [secret = '']: readonly (string | Buffer)[],
): string {
  return keyFor(former, secret).pack(id, former.key);
}

/** Returns the id that any of the secrets sealed; `undefined` for whoever does not have the former one. */
export function openSuccessorId(
  sealed: string,
  former: FormerSession,
  secrets: readonly (string | Buffer)[],
): string | undefined {
  const bytes = decodeBase64Url(sealed);
  if (bytes === undefined) return undefined;
  for (const secret of secrets) {
    const id = keyFor(former, secret).unpack(bytes, former.key);
    if (id !== undefined) return id;
  }
  return undefined;
}

function keyFor({ id }: FormerSession, secret: string | Buffer): SealingKey {
  return new SealingKey(id, PURPOSE, secret);
}
