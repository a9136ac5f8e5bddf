import { afterAll, beforeAll } from '@jest/globals';
import createMySqlStore from 'express-mysql-session';
import session from 'express-session';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { describeIfMariaDb, MariaDbServer } from '../support/servers/mariadb-server.js';
import { describeStoreContract } from './describe-store-contract.js';

const MySqlStore = createMySqlStore(session);

describeIfMariaDb('on MariaDB', () => {
  let mariaDb: MariaDbServer;

  beforeAll(async () => {
    mariaDb = await MariaDbServer.start();
  });

  afterAll(async () => {
    await mariaDb.stop();
  });

  describeStoreContract('express-mysql-session', async () => {
    const { hostname, port, username, pathname } = new URL(mariaDb.url);
    const store = new MySqlStore({
      host: hostname,
      port: Number(port),
      user: username,
      database: pathname.slice(1),
      clearExpired: false,
    });
    // It creates its table by itself, and fails until then.
    await store.onReady();
    return {
      store: new ExpressStoreAdapter(store),
      close: async () => {
        await store.clear();
        await store.close();
      },
    };
  });
});
