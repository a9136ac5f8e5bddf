import '../../support/session-data.js';
import { Controller, Get, Post } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely';
import type { LogEvent } from 'kysely';
import Database from 'libsql';
import { createPool } from 'mysql2';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { tableRows } from '../../docs/markdown.js';
import { startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';

const USER = 'ada';

/** The column of the page that a dialect has. */
const COLUMNS: Readonly<Record<SqlDialect, number>> = { postgres: 0, sqlite: 1, mysql: 2 };

/** What another instance does while a request runs here. */
let meanwhile: () => Promise<unknown> = async () => undefined;

@Controller()
class VisitController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  look(@Session() session: Session): number {
    return session.count ?? 0;
  }

  @Post('write')
  async write(@Session() session: Session): Promise<number> {
    await meanwhile();
    return (session.count = (session.count ?? 0) + 1);
  }

  @Post('login')
  login(): Promise<void> {
    return this.sessions.login(USER);
  }

  @Post('logout')
  logout(): Promise<void> {
    return this.sessions.logout();
  }

  @Get('devices')
  async devices(): Promise<number> {
    return (await this.sessions.list(USER)).length;
  }
}

interface Operation {
  readonly options?: Partial<SessionModuleOptions>;
  /** What happens before, by another instance. */
  before?(visitor: Browser, stranger: () => Browser): Promise<unknown>;
  /** The request that is counted. */
  readonly request: string;
  readonly answer: string;
}

const visited = (visitor: Browser): Promise<unknown> => visitor.post('/write');

/** What the page of stores counts. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'A request that changes nothing': { before: visited, request: 'GET /', answer: '1' },
  'A request that changes its session': { before: visited, request: 'POST /write', answer: '2' },
  'The same, when another instance was faster': {
    before: async (visitor) => {
      await visited(visitor);
      const other = visitor.copy();
      meanwhile = () => {
        meanwhile = async () => undefined;
        return other.post('/write');
      };
    },
    request: 'POST /write',
    answer: '2',
  },
  'A request that extends its session': {
    options: { touchInterval: 0 },
    before: visited,
    request: 'GET /',
    answer: '1',
  },
  'A first visit that stores a session': { request: 'POST /write', answer: '1' },
  'A sign-in of a new visitor': { request: 'POST /login', answer: '' },
  'A sign-in of a visitor with a session': { before: visited, request: 'POST /login', answer: '' },
  'The same under a `limit`, when another session has to go': {
    options: { limit: { max: 1, onExceed: 'evict-oldest' } },
    before: async (visitor, stranger) => {
      await visited(visitor);
      await stranger().post('/login');
    },
    request: 'POST /login',
    answer: '',
  },
  'A sign-out': {
    before: (visitor) => visitor.post('/login'),
    request: 'POST /logout',
    answer: '',
  },
  'A list of up to 250 sessions of a user': {
    before: async (visitor, stranger) => {
      const browsers = [visitor, ...Array.from({ length: 19 }, stranger)];
      await Promise.all(browsers.map((one) => one.post('/login')));
    },
    request: 'GET /devices',
    answer: '20',
  },
};

/** How many statements everything costs, and that the page of stores says so. */
export function describeStatements(dialect: SqlDialect, place: () => SqlPlace): void {
  describe('the statements', () => {
    let counted: Kysely<unknown> | undefined;
    afterEach(() => counted?.destroy());

    /** A store, and the texts that it has sent. */
    const watched = (): { store: SqlSessionStore; texts: string[] } => {
      const texts: string[] = [];
      counted = kyselyAt(place(), ({ query }) => {
        texts.push(query.sql);
      });
      return { store: new SqlSessionStore({ client: counted, dialect, cleanUp: false }), texts };
    };

    const rows = tableRows('docs/06-stores.md', 'What happens');

    it('of all these operations are on the page about stores', () => {
      expect(rows.map(([operation]) => operation)).toEqual(Object.keys(OPERATIONS));
    });

    it.each(rows)('are as the page says: %s', async (name = '', ...cells) => {
      const operation = OPERATIONS[name];
      if (operation === undefined) throw new Error('there is no such operation');
      const { store, texts } = watched();
      const start = (its: SqlSessionStore) =>
        startApp({ ...operation.options, store: its }, { controllers: [VisitController] });
      const [app, other] = [await start(store), await start(place().store())];
      await until(async () => texts.length === 1); // which looks for the tables, at boot
      const visitor = other.browser();
      await operation.before?.(visitor, () => other.browser());
      const [method = '', path = ''] = operation.request.split(' ');
      texts.length = 0;
      const { status, text } = await visitor.copy(app.origin).send(path, { method });
      expect([status < 300, text]).toEqual([true, operation.answer]);
      expect(String(texts.length)).toBe(cells[COLUMNS[dialect]]);
    });

    it('are the same for many numbers of keys', async () => {
      const { store, texts } = watched();
      const use = async (number: number): Promise<void> => {
        const keys = Array.from({ length: number }, (_, at) => `key${String(at)}`);
        const expiresAt = Date.now() + 60_000;
        await Promise.all(keys.map((key) => store.users.add(USER, { key, expiresAt })));
        await store.readMany(keys);
        expect(await store.users.removeMany?.(USER, keys)).toEqual(keys.map(() => true));
      };
      for (const number of [8, 32]) await use(number);
      const known = new Set(texts).size;
      for (const number of [5, 6, 7, 17, 30]) await use(number);
      expect(new Set(texts).size).toBe(known);
    });

    if (dialect !== 'postgres') return;

    it('are a single one for a whole rotation, with its mark, its entry and its cap', async () => {
      const { store, texts } = watched();
      const expiresAt = Date.now() + 60_000;
      const created = await store.create('former', { payload: '{}', expiresAt });
      if (created === 'taken') throw new Error('the key is taken');
      texts.length = 0;
      const outcome = await store.move({
        from: { key: 'former', version: created.version, userId: undefined },
        mark: { payload: '{"mark":1}', expiresAt },
        to: 'next',
        record: { payload: '{}', expiresAt },
        entry: { userId: USER, expiresAt },
        limit: { max: 2, onExceed: 'reject' },
        needsFormerEntry: false,
      });
      expect(texts).toHaveLength(1);
      expect(outcome).toMatchObject({ evicted: [] });
      expect((await store.read('former'))?.payload).toBe('{"mark":1}');
    });
  });
}

/** Kysely reports each statement, including those that begin and end a transaction. */
function kyselyAt({ dialect, url }: SqlPlace, log: (event: LogEvent) => void): Kysely<unknown> {
  const dialects = {
    postgres: () => new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
    mysql: () => new MysqlDialect({ pool: createPool(url) }),
    sqlite: () => new SqliteDialect({ database: new Database(url) }),
  };
  return new Kysely({ dialect: dialects[dialect](), log });
}
