import { typeName } from '../../reporting/type-name.js';
import { isSessionSeal } from '../../stores/session-seal.js';
import { isIndexedStore, isSessionStore } from '../../stores/session-store.js';
import { RuleThatTells } from './option-rules.js';
import { storeMistake } from './store-mistakes.js';

export function IsStore(): PropertyDecorator {
  return RuleThatTells(
    'isStore',
    isStore,
    (value) =>
      storeMistake(value) ??
      `is ${typeName(value)}; give a session store: a Sesame store, or an express-session Store with get, set and destroy`,
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
    'this store keeps no index of users; MemorySessionStore, RedisSessionStore and SqlSessionStore do',
    (store) => isSessionStore(store) && isIndexedStore(store),
  );
}

/** Requires something of the store. The default store has everything, and another rule refuses non-stores. */
function NeedsStore(
  name: string,
  remedy: string,
  hasIt: (store: object) => boolean,
): PropertyDecorator {
  return RuleThatTells(
    name,
    (_value, options) => {
      const store: unknown = Reflect.get(options, 'store');
      return !isStore(store) || hasIt(store);
    },
    (value) => `is ${typeName(value)}; ${remedy}`,
  );
}

function isStore(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return isSessionStore(value) || isSessionSeal(value) || isExpressStore(value);
}

/** Redis clients have methods with these names too, which mean something else. */
function isExpressStore(store: object): boolean {
  if (storeMistake(store) !== undefined) return false;
  return ['get', 'set', 'destroy'].every(
    (method) => typeof Reflect.get(store, method) === 'function',
  );
}
