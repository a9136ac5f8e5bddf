import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Libsql from 'libsql';
import { databaseOf } from '../../../lib/stores/sql/clients/database-of.js';
import type {
  RunStatement,
  SqlDatabase,
  SqlDialect,
} from '../../../lib/stores/sql/sql-database.js';
import { removeScratchFolders, scratchFolder } from '../../support/scratch-folder.js';
import { describeIfMariaDb, MariaDbServer } from '../../support/servers/mariadb-server.js';
import { describeIfPgBouncer, PgBouncer } from '../../support/servers/pgbouncer.js';
import { PostgresServer } from '../../support/servers/postgres-server.js';
import { MISSING, ON_MYSQL, ON_POSTGRES, ON_SQLITE } from './clients.js';
import type { Open, OpenClient } from './clients.js';
import { install, keepContract, runMany } from './store-by-client.js';
import { testTransactions } from './transactions.js';

const TABLES: Readonly<Record<SqlDialect, string>> = {
  postgres: 'CREATE TABLE probe (name TEXT PRIMARY KEY, note TEXT, amount BIGINT)',
  mysql:
    'CREATE TABLE probe (name VARCHAR(40) PRIMARY KEY, note LONGTEXT, amount BIGINT) CHARSET utf8mb4',
  sqlite: 'CREATE TABLE probe (name TEXT PRIMARY KEY, note TEXT, amount INTEGER)',
};

const VALUES: readonly (readonly [note: string | null, amount: number | null])[] = [
  [`'; DROP TABLE probe; -- \\' " \` $1 ? :name %s`, 1],
  ['Grüße, 世界 👩‍👩‍👧 \u{10FFFF}', -1],
  [null, 1_790_000_000_123],
  ['', null],
  ['é"\\'.repeat(250_000), 0], // 1 MB
];

interface Server {
  readonly url: string;
  stop(): Promise<unknown>;
}

describe('On PostgreSQL,', () => {
  const server = started(() => PostgresServer.start());
  testClients('postgres', ON_POSTGRES, server);

  describeIfPgBouncer('through PgBouncer, which changes connections after each statement,', () => {
    const bouncer = started(() => PgBouncer.start(server().url));

    for (const [name, open] of Object.entries(ON_POSTGRES)) {
      it(`a store works by ${name}`, async () => {
        const opened = await open(bouncer().url);
        const database = databaseOf(opened.client, opened.dialect);
        const prefix = await install(database);
        await Promise.all([keepContract(opened, database, prefix), runMany(database)]);
        await opened.close();
      });
    }
  });
});

describeIfMariaDb('On MariaDB,', () => {
  testClients(
    'mysql',
    ON_MYSQL,
    started(() => MariaDbServer.start()),
  );
});

describe('On SQLite,', () => {
  it('statements wait for the end of a transaction of the application', async () => {
    const sqlite = new Libsql(join(scratchFolder(), 'busy.sqlite'));
    const { run, transaction } = databaseOf(sqlite);
    await run(TABLES.sqlite, []);
    sqlite.exec('BEGIN');
    const insert = (name: string) => ['INSERT INTO probe (name) VALUES ($1)', [name]] as const;
    const waiting = [
      run(...insert('a')),
      transaction?.((run) => run(...insert('b'))),
      run('SELECT name FROM probe', []),
    ];
    sqlite.exec("INSERT INTO probe (name) VALUES ('c')");
    await setImmediate();
    sqlite.exec('ROLLBACK');

    const answers = await Promise.all(waiting);
    expect(answers.at(-1)?.rows).toEqual([{ name: 'a' }, { name: 'b' }]);
    sqlite.close();
  });

  it('statements wait while another connection writes', async () => {
    const file = join(scratchFolder(), 'shared.sqlite');
    const [sqlite, other] = [new Libsql(file), new Libsql(file)];
    // None may be collected, which would close it: libsql leaves a statement open that was blocked.
    const kept: object[] = [];
    const keeping = {
      prepare(text: string) {
        const statement = sqlite.prepare(text);
        kept.push(statement);
        return statement;
      },
      exec: (text: string) => sqlite.exec(text),
      close: () => sqlite.close(),
    };
    const { run, transaction } = databaseOf(keeping);
    await run(TABLES.sqlite, []);
    other.exec('BEGIN IMMEDIATE');
    const waiting = [
      run('INSERT INTO probe (name) VALUES ($1)', ['a']),
      transaction?.((run) => run('SELECT name FROM probe', [])),
    ];
    await setImmediate();
    other.exec('COMMIT');

    expect((await Promise.all(waiting)).at(-1)?.rows).toEqual([{ name: 'a' }]);
    sqlite.close();
    other.close();
  });

  // One for each client: two libraries of SQLite in one process do not see each other's locks.
  const file = () => ({ url: join(scratchFolder(), 'file.sqlite') });
  afterAll(removeScratchFolders);
  testClients('sqlite', ON_SQLITE, file);
});

function started<T extends Server>(start: () => Promise<T>): () => T {
  let server: T;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  return () => server;
}

function testClients(
  dialect: SqlDialect,
  clients: Readonly<Record<string, Open>>,
  place: () => { readonly url: string },
): void {
  for (const [name, open] of Object.entries(clients)) {
    const reason = MISSING[name];
    if (reason !== undefined) process.stderr.write(`Skipped: ${name}. ${reason}\n`);
    // Only where this machine cannot have the client; the reason is printed.
    (reason === undefined ? describe : describe.skip)(`by ${name},`, () => {
      testClient(dialect, open, place);
    });
  }
}

function testClient(dialect: SqlDialect, open: Open, place: () => { readonly url: string }): void {
  let opened: OpenClient;
  let database: SqlDatabase;
  const run: RunStatement = (text, values) => database.run(text, values);

  beforeAll(async () => {
    opened = await open(place().url);
    database = databaseOf(opened.client, opened.dialect);
    await run(TABLES[dialect], []);
  });
  afterEach(() => run('DELETE FROM probe', []));
  afterAll(async () => {
    await run('DROP TABLE probe', []);
    await opened.close();
  });

  it('values go into statements and come out of rows unchanged', async () => {
    for (const [note, amount] of VALUES) {
      await run('INSERT INTO probe (name, note, amount) VALUES ($1, $2, $3)', [
        "it's",
        note,
        amount,
      ]);
      const { rows } = await run('SELECT note, amount FROM probe WHERE name = $1', ["it's"]);
      expect(rows.map((row) => row['note'])).toEqual([note]);
      expect(rows.map(({ amount }) => (amount === null ? null : Number(amount)))).toEqual([amount]);
      await run('DELETE FROM probe', []);
    }
  });

  it('statements report what they wrote, or why they did not', async () => {
    const add = (name: string) =>
      run('INSERT INTO probe (name, amount) VALUES ($1, $2)', [name, 1]);
    const added = await add('a');
    const hit = await run('UPDATE probe SET amount = $1 WHERE name = $2', [2, 'a']);
    const miss = await run('UPDATE probe SET amount = $1 WHERE name = $2', [2, 'b']);
    const none = await run('SELECT name FROM probe WHERE name = $1', ['b']);

    expect(database.dialect).toBe(dialect);
    const isTold = opened.tellsAffected ?? true;
    expect([added, hit, miss].map(({ affected }) => affected)).toEqual(
      isTold ? [1, 1, 0] : [undefined, undefined, undefined],
    );
    expect([added, hit, miss, none].flatMap(({ rows }) => rows)).toEqual([]);
    await expect(add('a')).rejects.toThrow();
    await expect(run('SELECT nothing FROM nowhere', [])).rejects.toThrow();
    if (dialect !== 'mysql') {
      const { rows } = await run('DELETE FROM probe WHERE name = $1 RETURNING amount', ['a']);
      expect(rows.map(({ amount }) => Number(amount))).toEqual([2]);
    }
  });

  it('a store keeps its contract', async () => {
    await keepContract(opened, database, await install(database));
  });

  testTransactions(() => database);
}
