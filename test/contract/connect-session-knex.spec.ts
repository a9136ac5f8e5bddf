import { expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConnectSessionKnexStore } from 'connect-session-knex';
import knex from 'knex';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { LibsqlClient } from '../../sample/stores/src/stores/libsql-client.js';
import { describeStoreContract } from './describe-store-contract.js';

describeStoreContract('connect-session-knex on SQLite', async () => {
  const database = knex({
    client: LibsqlClient,
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  const store = new ConnectSessionKnexStore({ knex: database, cleanupInterval: 0 });
  return {
    store: new ExpressStoreAdapter(store),
    close: async () => {
      await database.destroy();
    },
  };
});

// Its methods both call back with an error and reject with it. A rejection that nobody catches would end
// the process.
it('connect-session-knex without its database rejects, and leaves no rejection uncaught', async () => {
  const database = knex({
    client: LibsqlClient,
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  const knexStore = new ConnectSessionKnexStore({ knex: database, cleanupInterval: 0 });
  await knexStore.ready;
  await database.destroy();
  const store = new ExpressStoreAdapter(knexStore);
  const record = { payload: '{"cookie":{}}', expiresAt: Date.now() + 60_000 };
  const outcomes = await Promise.allSettled([
    store.read('a'),
    store.create('b', record),
    store.replace('c', '', record),
    store.remove('d'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
  await nextTurn(); // by then Node has reported every rejection that nobody caught
});
