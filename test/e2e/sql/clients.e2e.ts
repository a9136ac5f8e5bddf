import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseOf } from '../../../lib/stores/sql/clients/database-of.js';
import type {
  RunStatement,
  SqlDatabase,
  SqlDialect,
} from '../../../lib/stores/sql/sql-database.js';
import { describeIfMariaDb, MariaDbServer } from '../../support/mariadb-server.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { removeScratchFolders, scratchFolder } from '../../support/scratch-folder.js';
import { MISSING, ON_MYSQL, ON_POSTGRES, ON_SQLITE } from './clients.js';
import type { Open } from './clients.js';

const TABLES = {
  postgres: 'CREATE TABLE probe (name TEXT PRIMARY KEY, note TEXT, amount BIGINT)',
  mysql:
    'CREATE TABLE probe (name VARCHAR(40) PRIMARY KEY, note LONGTEXT, amount BIGINT) CHARSET utf8mb4',
  sqlite: 'CREATE TABLE probe (name TEXT PRIMARY KEY, note TEXT, amount INTEGER) STRICT',
};
const INSERT = 'INSERT INTO probe (name, note, amount) VALUES ($1, $2, $3)';
const SELECT = 'SELECT name, note, amount FROM probe WHERE name = $1';
/** The statement that says which connection it runs on, and the one that ends such. */
const ENDINGS = {
  postgres: ['SELECT pg_backend_pid() AS id', 'SELECT pg_terminate_backend($1)'],
  mysql: ['SELECT CONNECTION_ID() AS id', 'KILL CONNECTION $1'],
} as const;

afterAll(removeScratchFolders);

describe('On PostgreSQL,', () => {
  testOn('postgres', ON_POSTGRES, () => PostgresServer.start());
});

describeIfMariaDb('On MariaDB,', () => {
  testOn('mysql', ON_MYSQL, () => MariaDbServer.start());
});

describe('On SQLite,', () => {
  const file = () => ({ url: join(scratchFolder(), 'probe.sqlite'), stop: async () => undefined });
  testOn('sqlite', ON_SQLITE, async () => file());
});

interface Place {
  readonly url: string;
  stop(): Promise<void>;
}

function testOn(
  dialect: SqlDialect,
  clients: Readonly<Record<string, Open>>,
  start: () => Promise<Place>,
): void {
  let server: Place;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  for (const [name, open] of Object.entries(clients)) {
    const reason = MISSING[name];
    if (reason !== undefined) process.stderr.write(`Skipped: ${name}. ${reason}\n`);
    const describeIfThere = reason === undefined ? describe : describe.skip;
    describeIfThere(`by ${name},`, () => testClient(dialect, open, () => server.url));
  }
}

function testClient(dialect: SqlDialect, open: Open, place: () => string): void {
  let database: SqlDatabase;
  let close: () => Promise<unknown> | void;

  beforeAll(async () => {
    const opened = await open(place());
    database = databaseOf(opened.client, opened.dialect);
    ({ close } = opened);
    await database.run(TABLES[dialect], []);
  });
  afterEach(() => database.run('DELETE FROM probe', []));
  afterAll(async () => {
    await database.run('DROP TABLE probe', []);
    await close();
  });

  it('is of its dialect', () => {
    expect(database.dialect).toBe(dialect);
  });

  it.each([
    ['quotes, backslashes and placeholders', `'; DROP TABLE probe; -- \\' " \` $1 ? :name %s`, 1],
    ['text of any language', 'Grüße, 世界 👩‍👩‍👧 \u{10FFFF}', -1],
    ['nothing, and a time in milliseconds', null, 1_790_000_000_123],
    ['an empty text, and nothing', '', null],
    ['a text of 1 MB', 'é"\\'.repeat(250_000), 0],
  ])('gives back %s', async (_what, note, amount) => {
    await database.run(INSERT, ["it's", note, amount]);

    const { rows } = await database.run(SELECT, ["it's"]);
    expect(rows).toEqual([
      { name: "it's", note, amount: amount === null ? null : expect.anything() },
    ]);
    if (amount !== null) expect(Number(rows[0]?.['amount'])).toBe(amount);
  });

  it('says what was written, and gives rows only where there are any', async () => {
    const add = await database.run(INSERT, ['a', '', 1]);
    const change = 'UPDATE probe SET amount = $1 WHERE name = $2';
    const hit = await database.run(change, [2, 'a']);
    const miss = await database.run(change, [2, 'b']);
    const none = await database.run(SELECT, ['b']);

    expect([add, hit, miss].map(({ affected }) => affected)).toEqual([1, 1, 0]);
    expect([add, hit, miss, none].flatMap(({ rows }) => rows)).toEqual([]);
  });

  if (dialect !== 'mysql') {
    it('gives the rows of a statement that writes', async () => {
      const { rows } = await database.run(`${INSERT} RETURNING note`, ['a', 'b', 1]);

      expect(rows).toEqual([{ note: 'b' }]);
    });
  }

  it('rejects what the database rejects, and goes on', async () => {
    await database.run(INSERT, ['a', '', 1]);

    await expect(database.run(INSERT, ['a', '', 1])).rejects.toThrow();
    await expect(database.run('SELECT nothing FROM nowhere', [])).rejects.toThrow();
    expect(await amounts(database.run)).toEqual({ a: 1 });
  });

  describe('in a transaction', () => {
    let transaction: NonNullable<SqlDatabase['transaction']>;
    beforeEach(() => {
      if (database.transaction === undefined) throw new Error('it has none');
      transaction = database.transaction;
    });

    it('stores all statements of work that resolves, whose result it gives', async () => {
      const result = await transaction(async (run) => {
        await run(INSERT, ['a', '', 1]);
        await run(INSERT, ['b', '', 2]);
        return [await amounts(run)]; // a list, whose entries some clients take for queries
      });

      expect(result).toEqual([{ a: 1, b: 2 }]);
      expect(await amounts(database.run)).toEqual({ a: 1, b: 2 });
    });

    it('stores nothing of work that rejects', async () => {
      const failed = transaction(async (run) => {
        await run(INSERT, ['a', '', 1]);
        throw new Error('no');
      });

      await expect(failed).rejects.toThrow('no');
      expect(await amounts(database.run)).toEqual({});
    });

    it('stores nothing when a statement failed, though the work goes on', async () => {
      const failed = transaction(async (run) => {
        await run(INSERT, ['a', '', 1]);
        await run(INSERT, ['a', '', 2]).catch(() => undefined);
        await run(INSERT, ['b', '', 2]).catch(() => undefined);
      });

      await expect(failed).rejects.toThrow();
      expect(await amounts(database.run)).toEqual({});
    });

    it('leaves out what others store meanwhile', async () => {
      let other: Promise<unknown> = Promise.resolve();
      const failed = transaction(async (run) => {
        await run(INSERT, ['a', '', 1]);
        other = database.run(INSERT, ['b', '', 2]);
        await run(INSERT, ['c', '', 3]);
        throw new Error('no');
      });

      await expect(failed).rejects.toThrow('no');
      await other;
      expect(await amounts(database.run)).toEqual({ b: 2 });
    });

    it('goes one after the other where many want the same row, and loses no connection', async () => {
      await database.run(INSERT, ['a', '', 0]);
      const lock = dialect === 'sqlite' ? '' : ' FOR UPDATE';
      const work = (fails: boolean) => async (run: RunStatement) => {
        const { rows } = await run(`${SELECT}${lock}`, ['a']);
        const amount = Number(rows[0]?.['amount']) + 1;
        await run('UPDATE probe SET amount = $1 WHERE name = $2', [amount, 'a']);
        if (fails) await run(INSERT, ['a', '', 0]);
      };

      const all = Array.from({ length: 40 }, (_, index) => transaction(work(index % 2 === 1)));
      const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
      expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(20);
      expect(await amounts(database.run)).toEqual({ a: 20 });
    });

    if (dialect !== 'sqlite') {
      it('rejects when its connection breaks, which is not used again', async () => {
        const [which, end] = ENDINGS[dialect];
        for (let round = 0; round < 3; round++) {
          const broken = transaction(async (run) => {
            await run(INSERT, ['a', '', 1]);
            const { rows } = await run(which, []);
            await database.run(end, [Number(rows[0]?.['id'])]);
            await run(INSERT, ['b', '', 2]);
          });
          await expect(broken).rejects.toThrow();
        }
        expect(await amounts(database.run)).toEqual({});
      });
    }
  });
}

async function amounts(run: RunStatement): Promise<Record<string, number>> {
  const { rows } = await run('SELECT name, amount FROM probe ORDER BY name', []);
  return Object.fromEntries(rows.map((row) => [String(row['name']), Number(row['amount'])]));
}
