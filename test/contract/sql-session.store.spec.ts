import { afterAll, beforeAll, describe } from '@jest/globals';
import type { SqlDialect, SqlSessionStoreOptions } from 'nestjs-sesame/sql';
import { TestClock } from 'nestjs-sesame/testing';
import { describeIfMariaDb } from '../support/servers/mariadb-server.js';
import { SqlPlace } from '../support/servers/sql-places.js';
import { describeStoreContract } from './describe-store-contract.js';

const PLACES: readonly [string, SqlDialect, typeof describeIfMariaDb][] = [
  ['PostgreSQL', 'postgres', describe],
  ['MariaDB', 'mysql', describeIfMariaDb],
  ['SQLite', 'sqlite', describe],
];

for (const [name, dialect, describeHere] of PLACES) {
  describeHere(`on ${name}`, () => {
    let place: SqlPlace;
    let client: SqlSessionStoreOptions['client'];

    beforeAll(async () => {
      place = await SqlPlace.start(dialect);
      await place.install();
      ({ client } = place.another());
    });

    afterAll(async () => {
      await place.stop();
    });

    describeStoreContract(
      'SqlSessionStore',
      () => {
        const clock = new TestClock();
        const store = place.store({ client, clock: clock.now });
        return { store, clock, close: () => place.empty() };
      },
      { index: true, move: true },
    );
  });
}
