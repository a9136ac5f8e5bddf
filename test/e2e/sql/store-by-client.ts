import { expect } from '@jest/globals';
import { schemaStatements, SqlSessionStore } from 'nestjs-sesame/sql';
import { sessionStoreContract, TestClock } from 'nestjs-sesame/testing';
import type { SqlDatabase } from '../../../lib/stores/sql/sql-database.js';
import type { OpenClient } from './clients.js';

let installations = 0;

/** Creates the session tables with the client itself, under their own prefix. */
export async function install(database: SqlDatabase): Promise<string> {
  installations += 1;
  const prefix = `store${installations}_`;
  for (const statement of schemaStatements(database.dialect, { prefix })) {
    await database.run(statement, []);
  }
  return prefix;
}

/** The part of the contract that differs between clients: texts, numbers, lists, and many calls at once. */
const SENSITIVE =
  /any script|exactly one|readMany|renewMany|increment|emoji|under a limit|limit of 3|needed|only some|no room/;

/** Not the whole contract, which is the same for all clients of a dialect. */
export async function keepContract(
  { client, dialect }: OpenClient,
  { run }: SqlDatabase,
  prefix: string,
): Promise<void> {
  const contract = sessionStoreContract(
    () => {
      const clock = new TestClock();
      const options = { client, dialect, prefix, cleanUp: false, clock: clock.now };
      const close = async () => {
        await run(`DELETE FROM ${prefix}sessions`, []);
        await run(`DELETE FROM ${prefix}user_sessions`, []);
      };
      return { store: new SqlSessionStore(options), clock, close };
    },
    { index: true, move: true },
  );
  const cases = contract.filter(({ name }) => SENSITIVE.test(name));
  expect(cases.length).toBeGreaterThan(15);
  for (const { name, run } of cases) {
    await run().catch((cause: unknown) => {
      throw new Error(name, { cause });
    });
  }
}

/** Runs many statements at once, so that PgBouncer changes connections. */
export async function runMany({ run }: SqlDatabase): Promise<void> {
  const numbers = Array.from({ length: 100 }, (_, number) => number);
  const answers = await Promise.all(
    numbers.map((number) => run('SELECT CAST($1 AS integer) AS number', [number])),
  );
  expect(answers.flatMap(({ rows }) => rows.map((row) => row['number']))).toEqual(numbers);
}
