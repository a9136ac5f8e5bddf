import type { Step } from '../support/scenario.js';
import { signed } from '../support/world.js';
import type { World } from '../support/world.js';

/** A record as both sides write it under the options of the baseline. */
export const recordOf = (data: object, cookie: object = {}): object => ({
  cookie: {
    originalMaxAge: null,
    secure: false,
    httpOnly: true,
    path: '/',
    sameSite: 'lax',
    ...cookie,
  },
  ...data,
});

/** Puts a session into the store, as the side that is running would have left it there. */
export function seed({ store, side }: World, id: string, data: object): void {
  const now = Date.now();
  const metadata = side === 'sesame' ? { _sesame: { seenAt: now, createdAt: now } } : {};
  store.seed(id, { ...metadata, ...recordOf(data) });
}

/** A request of a client whose session `known` is already in the store, with a count of four. */
export const known = (path: string, more: Partial<Step> = {}): Step => ({
  path,
  cookie: `connect.sid=${signed('known')}`,
  before: (world) => seed(world, 'known', { count: 4 }),
  ...more,
});

/** The same client again. */
export const again = (path: string): Step => ({ path, cookie: `connect.sid=${signed('known')}` });

/** Notes what is thrown, and goes on. */
export function attempt(world: World, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    world.note(String(Reflect.get(Object(error), 'code')));
  }
}
