import type {
  ClientToken,
  IdleExtension,
  LateArrival,
  SessionState,
  Written,
} from './session-state.js';

/**
 * What a response does with the session's cookie: leaves it alone, sends it, or clears it; or renews it,
 * which it may only while the session still has the id that the browser holds.
 */
export type ClientCookie = 'leave' | 'send' | 'renew' | 'clear';

/** What that depends on, besides the settings. */
export interface CookieFacts {
  readonly state: {
    readonly is: SessionState['is'];
    readonly by?: 'itself' | 'others';
    readonly late?: LateArrival | undefined;
  };
  /** The session's id; read only if the session has been stored. */
  readonly id: string;
  readonly client: ClientToken;
  readonly written: Written;
  readonly idleExtension: IdleExtension;
}

/**
 * Decides what the response does with the cookie.
 * @param isPersistent whether the cookie has a lifetime; called only after a commit or a touch
 */
export function clientCookie<T extends CookieFacts>(
  session: T,
  rolling: boolean,
  isPersistent: (session: T) => boolean,
): ClientCookie {
  const { state, client, written, idleExtension } = session;
  // Whoever has the session's new id has its cookie; a late answer must not take it away.
  if (state.is === 'unavailable' || state.is === 'rotated') return 'leave';
  if (state.is === 'ended' && state.by === 'others') {
    // A browser that does not know the session's id yet learns by this cookie that it was ended.
    return written === 'commit' && !holds(client, session.id) ? 'send' : 'leave';
  }
  if (state.is !== 'stored') return client.is === 'void' ? 'clear' : 'leave';
  if (state.late !== undefined) return 'leave';
  if (!holds(client, session.id)) return 'send';
  if (client.isOutdated) return 'renew';
  if (written === 'none' || idleExtension === 'never') return 'leave';
  // The browser would drop a persistent cookie before the server drops the session.
  return rolling || isPersistent(session) ? 'renew' : 'leave';
}

function holds(
  client: ClientToken,
  id: string,
): client is Extract<ClientToken, { readonly is: 'token' }> {
  return client.is === 'token' && client.id === id;
}
