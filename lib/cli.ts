#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { describe } from './reporting/thrown.js';
import { schemaSql } from './stores/sql/schema/sql-schema.js';

const USAGE = `Usage: nestjs-sesame sql postgres|mysql|sqlite [--prefix=sesame_] [--schema=NAME] [--unlogged]

Prints the SQL that makes the tables of SqlSessionStore
  --prefix    what their names begin with
  --schema    the schema that they are in; for mysql, the database
  --unlogged  for postgres: tables that are faster, and empty after a crash of the server
`;

try {
  process.stdout.write(output(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${describe(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}

function output(args: string[]): string {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      prefix: { type: 'string' },
      schema: { type: 'string' },
      unlogged: { type: 'boolean' },
    },
  });
  const { help, ...options } = values;
  if (help === true) return USAGE;
  const [command, dialect, ...rest] = positionals;
  if (command !== 'sql' || rest.length > 0)
    throw new TypeError('The command is sql, and a dialect');
  switch (dialect) {
    case 'postgres':
    case 'mysql':
    case 'sqlite':
      return schemaSql(dialect, options);
    default:
      throw new TypeError('The dialect is one of postgres, mysql and sqlite');
  }
}
