import { expect, it } from '@jest/globals';
import type { RunStatement, SqlDatabase } from '../../../lib/stores/sql/sql-database.js';

/** The statement that says which connection it runs on, and the one that ends it. */
const ENDINGS = {
  postgres: ['SELECT pg_backend_pid() AS id', 'SELECT pg_terminate_backend($1)'],
  mysql: ['SELECT CONNECTION_ID() AS id', 'KILL CONNECTION $1'],
} as const;

/** What transactions promise, on a table of names and amounts. Some clients have none. */
export function testTransactions(database: () => SqlDatabase): void {
  const run: RunStatement = (text, values) => database().run(text, values);

  it('a transaction stores all of its statements, or none', async () => {
    const { transaction } = database();
    if (transaction === undefined) return expectSingleStatements(database());
    const result = await transaction(async (run) => {
      await add(run, 'a');
      await add(run, 'b');
      return [await amounts(run)]; // a list, whose entries some clients mistake for queries
    });
    const rejected = transaction(async (run) => {
      await add(run, 'c');
      throw new Error('no');
    });
    await expect(rejected).rejects.toThrow('no');
    const failed = transaction(async (run) => {
      await add(run, 'd');
      await add(run, 'a').catch(() => undefined);
      await add(run, 'e').catch(() => undefined);
    });
    await expect(failed).rejects.toThrow();

    expect(result).toEqual([{ a: 0, b: 0 }]);
    expect(await amounts(run)).toEqual({ a: 0, b: 0 });
  });

  it('a transaction that rolls back leaves what others stored in the meantime', async () => {
    const { transaction } = database();
    if (transaction === undefined) return expectSingleStatements(database());
    let other: Promise<unknown> = Promise.resolve();
    const failed = transaction(async (run) => {
      await add(run, 'a');
      other = add(database().run, 'b');
      await add(run, 'c');
      throw new Error('no');
    });

    await expect(failed).rejects.toThrow('no');
    await other;
    expect(await amounts(run)).toEqual({ b: 0 });
  });

  it('transactions on one row run one after another, and lose no connection', async () => {
    const { dialect, transaction } = database();
    if (transaction === undefined) return expectSingleStatements(database());
    await add(run, 'a');
    const lock = dialect === 'sqlite' ? '' : ' FOR UPDATE';
    const work = (fails: boolean) => async (run: RunStatement) => {
      const { rows } = await run(`SELECT amount FROM probe WHERE name = $1${lock}`, ['a']);
      const amount = Number(rows[0]?.['amount']) + 1;
      await run('UPDATE probe SET amount = $1 WHERE name = $2', [amount, 'a']);
      if (fails) await add(run, 'a');
    };
    const all = Array.from({ length: 20 }, (_, place) => transaction(work(place % 2 === 1)));

    const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(10);
    expect(await amounts(run)).toEqual({ a: 10 });
  });

  it('a transaction rejects when its connection breaks, and the connection is not used again', async () => {
    const { dialect, transaction } = database();
    if (transaction === undefined) return expectSingleStatements(database());
    if (dialect === 'sqlite') return; // there is no server that could end it
    const [which, end] = ENDINGS[dialect];
    for (let round = 0; round < 3; round += 1) {
      const broken = transaction(async (run) => {
        await add(run, 'a');
        const { rows } = await run(which, []);
        await database().run(end, [Number(rows[0]?.['id'])]);
        await add(run, 'b');
      });
      await expect(broken).rejects.toThrow();
    }
    expect(await amounts(run)).toEqual({});
  });
}

/** On PostgreSQL the store needs no transactions. */
function expectSingleStatements({ dialect }: SqlDatabase): void {
  expect(dialect).toBe('postgres');
}

async function add(run: RunStatement, name: string): Promise<unknown> {
  return run('INSERT INTO probe (name, amount) VALUES ($1, $2)', [name, 0]);
}

async function amounts(run: RunStatement): Promise<Record<string, number>> {
  const { rows } = await run('SELECT name, amount FROM probe ORDER BY name', []);
  return Object.fromEntries(rows.map((row) => [String(row['name']), Number(row['amount'])]));
}
