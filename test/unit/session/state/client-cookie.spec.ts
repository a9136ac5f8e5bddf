import { describe, expect, it } from '@jest/globals';
import { clientCookie } from '../../../../lib/session/state/client-cookie.js';
import type { ClientCookie, CookieFacts } from '../../../../lib/session/state/client-cookie.js';

type Where =
  | 'new'
  | 'stored'
  | 'stored, and come late'
  | 'rotated'
  | 'ended by itself'
  | 'ended by others'
  | 'unavailable';

/** What the browser holds. */
type Held = 'no token' | 'a void token' | 'its token' | 'its outdated token' | 'another token';

/** What kind of cookie the settings and the session make. */
type Kind = 'plain' | 'persistent' | 'rolling' | 'rolling, persistent';

const ID = 'the id';

const STATES: Record<Where, CookieFacts['state']> = {
  new: { is: 'new' },
  stored: { is: 'stored' },
  'stored, and come late': { is: 'stored', late: { key: 'its key', until: 0 } },
  rotated: { is: 'rotated' },
  'ended by itself': { is: 'ended', by: 'itself' },
  'ended by others': { is: 'ended', by: 'others' },
  unavailable: { is: 'unavailable' },
};

const CLIENTS: Record<Held, CookieFacts['client']> = {
  'no token': { is: 'nothing' },
  'a void token': { is: 'void', cookie: undefined },
  'its token': { is: 'token', id: ID, isOutdated: false },
  'its outdated token': { is: 'token', id: ID, isOutdated: true },
  'another token': { is: 'token', id: 'another id', isOutdated: false },
};

function cookieFor(
  where: Where,
  held: Held,
  written: CookieFacts['written'],
  kind: Kind,
  idleExtension: CookieFacts['idleExtension'] = 'when-due',
) {
  const hasBeenStored = where === 'stored' || where === 'ended by others';
  const session: CookieFacts = {
    state: STATES[where],
    get id() {
      if (hasBeenStored) return ID;
      throw new Error('nobody may ask for an id, which would make one up');
    },
    client: CLIENTS[held],
    written,
    idleExtension,
  };
  return clientCookie(session, kind.startsWith('rolling'), (asked) => {
    if (asked !== session || where !== 'stored' || written === 'none') {
      throw new Error('nobody may ask for the cookie');
    }
    return kind.endsWith('persistent');
  });
}

describe('what a response does about the cookie of a session', () => {
  it.each<[Where, Held, CookieFacts['written'], Kind, ClientCookie]>([
    // The browser has to learn of it.
    ['stored', 'no token', 'none', 'plain', 'send'],
    ['stored', 'no token', 'commit', 'plain', 'send'],
    ['stored', 'no token', 'touch', 'plain', 'send'],
    ['stored', 'a void token', 'none', 'plain', 'send'],
    ['stored', 'a void token', 'commit', 'plain', 'send'],
    ['stored', 'another token', 'none', 'plain', 'send'],
    ['stored', 'another token', 'commit', 'plain', 'send'],
    ['stored', 'its outdated token', 'none', 'plain', 'renew'],
    ['stored', 'its outdated token', 'touch', 'plain', 'renew'],
    ['stored', 'its outdated token', 'commit', 'plain', 'renew'],

    // The browser has it: only its lifetime may have to be renewed.
    ['stored', 'its token', 'none', 'plain', 'leave'],
    ['stored', 'its token', 'none', 'persistent', 'leave'],
    ['stored', 'its token', 'none', 'rolling', 'leave'],
    ['stored', 'its token', 'none', 'rolling, persistent', 'leave'],
    ['stored', 'its token', 'touch', 'plain', 'leave'],
    ['stored', 'its token', 'touch', 'persistent', 'renew'],
    ['stored', 'its token', 'touch', 'rolling', 'renew'],
    ['stored', 'its token', 'touch', 'rolling, persistent', 'renew'],
    ['stored', 'its token', 'commit', 'plain', 'leave'],
    ['stored', 'its token', 'commit', 'persistent', 'renew'],
    ['stored', 'its token', 'commit', 'rolling', 'renew'],
    ['stored', 'its token', 'commit', 'rolling, persistent', 'renew'],

    // Nothing is stored: what the browser holds stays, unless this request made it void.
    ['new', 'no token', 'none', 'plain', 'leave'],
    ['new', 'no token', 'none', 'rolling, persistent', 'leave'],
    ['new', 'its token', 'none', 'plain', 'leave'],
    ['new', 'its outdated token', 'none', 'plain', 'leave'],
    ['new', 'another token', 'none', 'rolling, persistent', 'leave'],
    ['new', 'a void token', 'none', 'plain', 'clear'],
    ['new', 'a void token', 'none', 'rolling, persistent', 'clear'],

    // Its request ended it; there is only something to clear where the browser held something.
    ['ended by itself', 'no token', 'none', 'plain', 'leave'],
    ['ended by itself', 'no token', 'commit', 'rolling, persistent', 'leave'],
    ['ended by itself', 'a void token', 'none', 'plain', 'clear'],
    ['ended by itself', 'a void token', 'commit', 'plain', 'clear'],
    ['ended by itself', 'a void token', 'touch', 'rolling, persistent', 'clear'],
    ['ended by itself', 'its token', 'commit', 'plain', 'leave'],

    // Someone else ended it: a browser that has not heard of it learns by its cookie that it was ended.
    ['ended by others', 'no token', 'commit', 'plain', 'send'],
    ['ended by others', 'a void token', 'commit', 'plain', 'send'],
    ['ended by others', 'another token', 'commit', 'plain', 'send'],
    ['ended by others', 'its token', 'commit', 'plain', 'leave'],
    ['ended by others', 'its token', 'commit', 'rolling, persistent', 'leave'],
    ['ended by others', 'its outdated token', 'commit', 'plain', 'leave'],
    ['ended by others', 'no token', 'none', 'plain', 'leave'],
    ['ended by others', 'no token', 'touch', 'plain', 'leave'],
    ['ended by others', 'another token', 'none', 'rolling, persistent', 'leave'],
    ['ended by others', 'a void token', 'none', 'plain', 'leave'],
    ['ended by others', 'its token', 'none', 'plain', 'leave'],

    // Another response gives the browser the new id, and this one must not take it away.
    ['stored, and come late', 'its token', 'none', 'plain', 'leave'],
    ['stored, and come late', 'its token', 'touch', 'rolling', 'leave'],
    ['stored, and come late', 'its token', 'commit', 'persistent', 'leave'],
    ['stored, and come late', 'its outdated token', 'commit', 'plain', 'leave'],
    ['rotated', 'its token', 'none', 'plain', 'leave'],
    ['rotated', 'its outdated token', 'none', 'rolling, persistent', 'leave'],
    ['rotated', 'another token', 'commit', 'persistent', 'leave'],
    ['rotated', 'a void token', 'none', 'plain', 'leave'],

    // Nobody knows whether the browser's session is live.
    ['unavailable', 'no token', 'none', 'plain', 'leave'],
    ['unavailable', 'a void token', 'none', 'plain', 'leave'],
    ['unavailable', 'its token', 'none', 'rolling, persistent', 'leave'],
    ['unavailable', 'its outdated token', 'none', 'plain', 'leave'],
    ['unavailable', 'another token', 'none', 'plain', 'leave'],
  ])('%s, while the browser holds %s, after %s; %s: %s', (where, held, written, kind, expected) => {
    expect(cookieFor(where, held, written, kind)).toBe(expected);
  });

  it.each<[Held, CookieFacts['written'], Kind, ClientCookie]>([
    // The session is not extended, so its cookie is not either.
    ['its token', 'commit', 'persistent', 'leave'],
    ['its token', 'commit', 'rolling, persistent', 'leave'],
    ['its token', 'touch', 'rolling', 'leave'],
    // The browser has to learn of it all the same.
    ['no token', 'commit', 'persistent', 'send'],
    ['another token', 'commit', 'plain', 'send'],
    ['its outdated token', 'commit', 'plain', 'renew'],
  ])(
    'stored, while the browser holds %s, after %s that does not extend it; %s: %s',
    (held, written, kind, expected) => {
      expect(cookieFor('stored', held, written, kind, 'never')).toBe(expected);
    },
  );
});
