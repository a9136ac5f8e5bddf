import type { AppSettings } from './app.module.js';
import { isStoreName, openStore, STORE_NAMES } from './stores/open-store.js';

/** @throws Error saying which variable is missing or wrong, and what to put there */
export async function fromEnvironment(environment: NodeJS.ProcessEnv): Promise<AppSettings> {
  const name = environment['STORE'] ?? 'memory';
  if (!isStoreName(name)) throw new Error(`STORE must be one of ${STORE_NAMES.join(', ')}.`);
  const secret = environment['SESSION_SECRET'];
  if (!secret) {
    throw new Error('SESSION_SECRET is not set. Take the output of: openssl rand -base64 32');
  }
  const key = environment['ENCRYPTION_KEY'];
  const keys = key ? [key] : [];
  const opened = await openStore(name, { url: environment['STORE_URL'] ?? '', keys });
  const isSealedByStore = name === 'sealed-cookie';
  const encryption = keys.length > 0 && !isSealedByStore ? { encryption: { keys } } : {};
  return { opened, session: { secret, ...encryption } };
}
