import { describe, expect, it } from '@jest/globals';
import { schemaSql, schemaStatements } from 'nestjs-sesame/sql';
import { filesOf } from './markdown.js';

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

const migrations = [...filesOf('docs/11-sql.md')].filter(([path]) => path.includes('/migrations/'));

/** The names, without their prefix, that the schema gives to what it creates. */
function created(kind: 'TABLE' | 'FUNCTION'): Set<string> {
  const pattern = new RegExp(`^CREATE ${kind} ["\`]sesame_(\\w+)`);
  const statements = DIALECTS.flatMap((dialect) => schemaStatements(dialect));
  return new Set(statements.flatMap((statement) => pattern.exec(statement)?.[1] ?? []));
}

/** The names in the list whose loop drops things of this kind. */
function dropped(code: string, kind: 'TABLE' | 'FUNCTION'): Set<string> {
  const list = new RegExp(`of \\[([^\\]]*)\\]\\) \\{\\s*[^\\n]*DROP ${kind} IF EXISTS`).exec(code);
  return new Set(list?.[1]?.match(/\w+/g));
}

describe('The migrations in docs/11-sql.md', () => {
  it('are for three tools', () => {
    expect(migrations).toHaveLength(3);
  });

  it.each(migrations)('drop in %s all that the schema creates', (_path, code) => {
    expect(dropped(code, 'TABLE')).toEqual(created('TABLE'));
    expect(dropped(code, 'FUNCTION')).toEqual(created('FUNCTION'));
    expect(created('FUNCTION').size).toBe(4);
  });

  // sed turns it into the mark that drizzle-kit needs.
  it.each(DIALECTS)('find an empty line between two statements of %s, and nowhere else', (one) => {
    const parts = schemaSql(one).trimEnd().split('\n\n');

    expect(parts).toEqual(schemaStatements(one).map((statement) => `${statement};`));
  });
});
