import { afterAll, afterEach, beforeAll, describe, jest } from '@jest/globals';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { closeApps } from '../../support/applications/nest-app.js';
import { describeIfMariaDb } from '../../support/servers/mariadb-server.js';
import { SqlPlace } from '../../support/servers/sql-places.js';
import { describeBoot } from './boot.js';
import { describeCleanUp } from './clean-up.js';
import { describeExactness } from './exactness.js';
import { describeHeapOnly } from './heap-only.js';
import { describeIsolation } from './isolation.js';
import { describeKeys } from './keys.js';
import { describeStatements } from './statements.js';
import { describeTurns } from './turns.js';

// Database servers take their time to start on a busy machine.
jest.setTimeout(60_000);

const PLACES: readonly [string, SqlDialect, typeof describeIfMariaDb][] = [
  ['PostgreSQL', 'postgres', describe],
  ['MariaDB', 'mysql', describeIfMariaDb],
  ['SQLite', 'sqlite', describe],
];

for (const [name, dialect, describeHere] of PLACES) {
  describeHere(`SqlSessionStore on ${name}`, () => {
    let started: SqlPlace;
    const place = (): SqlPlace => started;

    beforeAll(async () => {
      started = await SqlPlace.start(dialect);
      await started.install();
    });
    afterEach(async () => {
      await closeApps();
      await started.endOthers();
      await started.empty();
    });
    afterAll(async () => {
      await started.stop();
    });

    describeBoot(dialect, place);
    describeExactness(dialect, place);
    describeTurns(place);
    describeCleanUp(place);
    describeKeys(place);
    describeStatements(dialect, place);
    if (dialect !== 'postgres') return;
    describeIsolation(place);
    describeHeapOnly(place);
  });
}
