import createMySqlStore from 'express-mysql-session';
import session from 'express-session';
import type { OpenedStore } from './opened-store.js';

const MySqlStore = createMySqlStore(session);

/** For MySQL and MariaDB. */
export async function openMySqlStore(url: string): Promise<OpenedStore> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const store = new MySqlStore({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  });
  // It connects and makes its table by itself, and fails before that.
  await store.onReady();
  return { store, close: () => store.close() };
}
