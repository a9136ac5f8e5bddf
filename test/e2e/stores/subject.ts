import type { StoreName } from '../../../sample/stores/src/stores/open-store.js';
import type { Place } from './places.js';
import type { StorePromises } from './store-promises.js';

/** A store under test. Its place is there once the tests run. */
export interface Subject {
  readonly name: StoreName;
  readonly promises: StorePromises;
  place(): Place;
}
