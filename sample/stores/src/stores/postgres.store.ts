import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import type { OpenedStore } from './opened-store.js';

const PostgresStore = connectPgSimple(session);

export function openPostgresStore(url: string): OpenedStore {
  const store = new PostgresStore({
    conString: url,
    // Of two instances that make the table at the same moment, one fails until it is restarted.
    // Where there are several, run the package's table.sql beforehand and leave this out.
    createTableIfMissing: true,
  });
  return { store, close: async () => store.close() };
}
