import { afterEach, expect, it } from '@jest/globals';
import type { Answer, Browser } from '../../support/browser.js';
import type { SqlPlace } from '../../support/servers/sql-places.js';
import { isRefusal, timed } from '../redis-outages/outage-app.js';
import { STORE_TIMEOUT } from './outage-place.js';
import type { startOutage } from './outage-place.js';

type Dialect = 'postgres' | 'mysql';

/** What an administrator sets, and what takes it back; in PostgreSQL, what the pool itself asks for. */
interface Setting {
  readonly server?: string;
  readonly set?: string;
  readonly unset?: string;
}

/** How long a statement may take at most: less than a request waits for it. */
const STATEMENT: Readonly<Record<Dialect, Setting>> = {
  postgres: { server: '-c statement_timeout=200' },
  mysql: {
    set: 'SET GLOBAL max_statement_time = 0.2',
    unset: 'SET GLOBAL max_statement_time = 0',
  },
};

/** The same for a lock; MariaDB counts whole seconds, so here it does not wait at all. */
const LOCK: Readonly<Record<Dialect, Setting>> = {
  postgres: { server: '-c lock_timeout=200' },
  mysql: {
    set: 'SET GLOBAL innodb_lock_wait_timeout = 0',
    unset: 'SET GLOBAL innodb_lock_wait_timeout = 50',
  },
};

/** Has the commit of each change to a session fail, when its statement itself has been done. */
const REFUSED_COMMITS = [
  `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'this commit is refused'; END $$`,
  `CREATE CONSTRAINT TRIGGER refusing AFTER INSERT OR UPDATE ON sesame_sessions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`,
];

/** What a reachable server refuses. */
export function describeRefusals(
  dialect: Dialect,
  place: () => SqlPlace,
  start: typeof startOutage,
): void {
  const undo: string[] = [];
  afterEach(async () => {
    for (const statement of undo.splice(0).toReversed()) await place().query(statement);
  });

  const apply = async ({ set, unset }: Setting): Promise<void> => {
    if (set !== undefined) await place().query(set);
    if (unset !== undefined) undo.push(unset);
  };
  const countOf = async (browser: Browser): Promise<unknown> =>
    Reflect.get(Object((await browser.get('/look')).body), 'count');

  it.each([
    ['a statement', STATEMENT],
    ['a lock', LOCK],
  ])(
    'lets %s wait only for a moment: it is refused in time, and not done',
    async (_what, settings) => {
      const setting = settings[dialect];
      await apply(setting);
      const { browser } = await start(place(), setting);
      const visitor = browser();
      await visitor.post('/visit');
      const lock = await place().begin();
      await lock.run('UPDATE sesame_sessions SET turn_until = 0');
      const refused = await timed(visitor.post('/visit'));
      await lock.end();
      expect(isRefusal(refused)).toBe(true);
      expect(refused.milliseconds).toBeLessThan(2 * STORE_TIMEOUT + 500);
      expect(await countOf(visitor)).toBe(1);
      expect((await visitor.post('/visit')).text).toBe('2');
    },
  );

  if (dialect !== 'postgres') return;

  it('refuses the commit of a statement that was done: nobody is told that it is stored', async () => {
    const { browser } = await start(place());
    const [visitor, device] = [browser(), browser()];
    await visitor.post('/visit');
    await device.post('/visit');
    undo.push('DROP FUNCTION refuse() CASCADE');
    for (const statement of REFUSED_COMMITS) await place().query(statement);
    const asked: Promise<Answer>[] = [
      visitor.post('/visit'),
      device.post('/sign-in'),
      browser().post('/visit'),
      browser().post('/sign-in'),
    ];
    expect((await Promise.all(asked)).map(isRefusal)).toEqual(asked.map(() => true));
    await place().query('DROP TRIGGER refusing ON sesame_sessions');
    expect(await countOf(visitor)).toBe(1);
    expect((await visitor.post('/visit')).text).toBe('2');
    expect((await device.get('/look')).body).not.toHaveProperty('user');
    expect((await device.post('/sign-in')).status).toBe(201);
  });
}
