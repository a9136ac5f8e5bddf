import { isSessionSeal } from '../stores/session-seal.js';
import { isIndexedStore, isSessionStore } from '../stores/session-store.js';
import { Rule } from './option-rules.js';

export function IsStore(): PropertyDecorator {
  return Rule(
    'isStore',
    'give a session store: a Sesame store, or an express-session Store with get, set and destroy',
    isStore,
  );
}

/** For an option that cannot be combined with a store's own serializer. */
export function NeedsPlainStore(): PropertyDecorator {
  return NeedsStore(
    'isSoleFormat',
    'a store with a serializer of its own cannot be encrypted as well: choose one of the two',
    (store) => !('codec' in store) || store.codec === undefined,
  );
}

export function NeedsUnsealedStore(): PropertyDecorator {
  return NeedsStore(
    'isNotSealed',
    'SealedCookieStore encrypts its records already; leave encryption out',
    (store) => !isSessionSeal(store),
  );
}

export function NeedsStoreWithIndex(): PropertyDecorator {
  return NeedsStore(
    'limitNeedsIndex',
    'this store keeps no index of users; MemorySessionStore and RedisSessionStore do',
    (store) => isSessionStore(store) && isIndexedStore(store),
  );
}

/** What an option asks of the store; the default store has it all, and another rule refuses what is no store. */
function NeedsStore(
  name: string,
  remedy: string,
  hasIt: (store: object) => boolean,
): PropertyDecorator {
  return Rule(name, remedy, (_value, options) => {
    const store: unknown = Reflect.get(options, 'store');
    return !isStore(store) || hasIt(store);
  });
}

function isStore(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return isSessionStore(value) || isSessionSeal(value) || isExpressStore(value);
}

function isExpressStore(store: object): boolean {
  return ['get', 'set', 'destroy'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
