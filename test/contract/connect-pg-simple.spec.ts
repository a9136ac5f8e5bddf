import { afterAll, beforeAll } from '@jest/globals';
import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import { Pool } from 'pg';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { PostgresServer } from '../support/servers/postgres-server.js';
import { describeStoreContract } from './describe-store-contract.js';

const PostgresStore = connectPgSimple(session);

let postgres: PostgresServer;
let pool: Pool;

beforeAll(async () => {
  postgres = await PostgresServer.start();
  pool = new Pool({ connectionString: postgres.url });
});

afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

describeStoreContract('connect-pg-simple on PostgreSQL', async () => {
  const store = new PostgresStore({
    pool,
    createTableIfMissing: true,
    pruneSessionInterval: false,
  });
  return {
    store: new ExpressStoreAdapter(store),
    close: async () => {
      store.close();
      await pool.query('TRUNCATE session');
    },
  };
});
