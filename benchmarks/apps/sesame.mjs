// What the applications with Sesame have in common: all but the store.
import { Session, SessionModule } from 'nestjs-sesame';
import { routesModule } from './nest-routes.mjs';
import { serveNest } from './serve.mjs';
import { MAX_AGE, SECRET, STORE_TIMEOUT } from './settings.mjs';

export function sessionsIn(store) {
  const cookie = { maxAge: MAX_AGE };
  return SessionModule.forRoot({ secret: SECRET, store, cookie, storeTimeout: STORE_TIMEOUT });
}

/** @param adapter Nest's for Express unless given */
export async function serveSesame(store, adapter) {
  await serveNest(routesModule(Session, { imports: [sessionsIn(store)] }), undefined, adapter);
}
