import type { ClientToken, IdleExtension, SessionState, Written } from './session-state.js';

/** What a response does with the session's cookie: leaves it alone, sends it, or clears it. */
export type ClientCookie = 'leave' | 'send' | 'clear';

/** What that depends on, besides the settings. */
export interface CookieFacts {
  readonly state: { readonly is: SessionState['is']; readonly by?: 'itself' | 'others' };
  /** The session's id; read only if the session has been stored. */
  readonly id: string;
  readonly client: ClientToken;
  readonly written: Written;
  readonly idleExtension: IdleExtension;
}

/**
 * Decides what the response does with the cookie.
 * @param isPersistent whether the cookie has a lifetime; asked only after a commit or a touch
 */
export function clientCookie<T extends CookieFacts>(
  session: T,
  rolling: boolean,
  isPersistent: (session: T) => boolean,
): ClientCookie {
  const { state, client, written, idleExtension } = session;
  if (state.is === 'unavailable') return 'leave';
  if (state.is === 'ended' && state.by === 'others') {
    // A browser that does not know the session's id yet learns by this cookie that it was ended.
    return written === 'commit' && !holds(client, session.id) ? 'send' : 'leave';
  }
  if (state.is !== 'stored') return client.is === 'void' ? 'clear' : 'leave';
  if (!holds(client, session.id) || client.isOutdated) return 'send';
  if (written === 'none' || idleExtension === 'never') return 'leave';
  // The browser would drop a persistent cookie before the server drops the session.
  return rolling || isPersistent(session) ? 'send' : 'leave';
}

function holds(
  client: ClientToken,
  id: string,
): client is Extract<ClientToken, { readonly is: 'token' }> {
  return client.is === 'token' && client.id === id;
}
