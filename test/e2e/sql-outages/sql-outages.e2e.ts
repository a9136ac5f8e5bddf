import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { closeApps } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { Line } from '../../support/servers/line.js';
import { describeIfMariaDb } from '../../support/servers/mariadb-server.js';
import { SqlPlace } from '../../support/servers/sql-places.js';
import { until } from '../../support/until.js';
import { isRefusal, recovery, timed } from '../redis-outages/outage-app.js';
import type { Timed } from '../redis-outages/outage-app.js';
import { endOutages, letAllThrough, SECRETS, startOutage, STORE_TIMEOUT } from './outage-place.js';
import { describeRefusals } from './refusals.js';

// Database servers take their time to start on a busy machine.
jest.setTimeout(60_000);

const PLACES: readonly [string, Exclude<SqlDialect, 'sqlite'>, typeof describeIfMariaDb][] = [
  ['PostgreSQL', 'postgres', describe],
  ['MariaDB', 'mysql', describeIfMariaDb],
];

/** The longest time that an immediate refusal may take. */
const AT_ONCE = STORE_TIMEOUT * 0.75;
/** A request makes several calls, and waits for twice as long as for one of them. */
const IN_TIME = 2 * STORE_TIMEOUT + 2_000;

for (const [name, dialect, describeHere] of PLACES) {
  describeHere(`SqlSessionStore, when ${name}`, () => {
    let place: SqlPlace;
    let recorded: ReturnType<typeof recordLogs>;

    beforeAll(async () => {
      place = await SqlPlace.start(dialect);
      await place.install();
    });
    afterEach(async () => {
      letAllThrough();
      await closeApps();
      await endOutages();
      recorded.restore();
      const said = JSON.stringify(recorded.logs);
      const keys = await place.query('SELECT session_key FROM sesame_sessions');
      await place.empty();
      for (const secret of SECRETS) expect(said).not.toContain(secret);
      for (const { session_key: key } of keys) expect(said).not.toContain(key);
    });
    afterAll(() => place.stop());

    const start: typeof startOutage = async (...given) => {
      const outage = await startOutage(...given);
      recorded = recordLogs(); // from now on, since an application at test silences the log
      return outage;
    };
    const causes = (): string => recorded.logs.map(({ message }) => message).join('\n');
    const refusals = (answers: readonly Timed[]): number => answers.filter(isRefusal).length;
    const longest = (answers: readonly Timed[]): number =>
      Math.max(...answers.map(({ milliseconds }) => milliseconds));

    it('is frozen: each request is refused in time, and what was refused loses nothing', async () => {
      const { browser, line, sessions } = await start(
        place,
        {},
        { limit: { max: 3, onExceed: 'evict-oldest' } },
      );
      const devices = [browser(), browser(), browser()];
      for (const device of devices) expect((await device.post('/sign-in')).status).toBe(201);
      const visitor = browser();
      await visitor.post('/visit');
      line.hold();
      // They take up the whole pool, so that no sign-in is even attempted.
      const stuck = Array.from({ length: 4 }, () => timed(visitor.get('/look')));
      await until(async () => true);
      const signIns = Array.from({ length: 20 }, () => timed(browser().post('/sign-in')));
      expect((await browser().get('/health')).text).toBe('well');
      const answers = await Promise.all([...stuck, ...signIns]);
      expect(refusals(answers)).toBe(24);
      expect(longest(answers)).toBeLessThan(IN_TIME);
      line.letThrough();
      await recovery(() => visitor.post('/visit'), 2_000);
      expect((await visitor.get('/look')).body).toMatchObject({ count: 2 });
      for (const device of devices) {
        expect((await device.get('/look')).body).toMatchObject({ user: 'ada-the-user' });
      }
      expect(await sessions.list('ada-the-user')).toHaveLength(3);
    });

    it('is silent on the open connections: others take their place', async () => {
      const { browser, line } = await start(place, {}, { storeTimeout: 200 });
      const visitor = browser();
      await visitor.post('/visit');
      await Promise.all(Array.from({ length: 8 }, () => visitor.get('/look'))); // all are open
      line.hold();
      const more = Array.from({ length: 8 }, () => timed(visitor.get('/look')));
      expect(refusals(await Promise.all(more))).toBe(8);
      line.goSilent();
      line.letThrough();
      const back = await recovery(() => visitor.get('/look'), 10_000);
      expect(back).toBeLessThan(10_000);
      expect((await visitor.get('/look')).body).toMatchObject({ count: 1 });
    });

    it('is killed and comes back: refused at once meanwhile, and nothing acknowledged is lost', async () => {
      const { browser, line } = await start(place);
      const browsers = Array.from({ length: 8 }, browser);
      await Promise.all(browsers.map((one) => one.post('/count')));
      const underWay = browsers.map((one) => timed(one.post('/count')));
      await line.cut();
      const answers = await Promise.all(underWay);
      for (const answer of answers) expect(answer.status === 201 || isRefusal(answer)).toBe(true);
      const down = await Promise.all(browsers.map((one) => timed(one.post('/count'))));
      expect(refusals(down)).toBe(8);
      expect(longest(down)).toBeLessThan(AT_ONCE);
      expect(causes()).toMatch(/ECONNREFUSED|ECONNRESET/);
      await line.open();
      await recovery(() => browser().post('/visit'), 2_000);
      for (const [at, one] of browsers.entries()) {
        const count = Number((await one.post('/count')).text);
        expect(count).toBeGreaterThanOrEqual(answers[at]?.status === 201 ? 3 : 2);
        expect(count).toBeLessThanOrEqual(3);
      }
    });

    it('is not there at boot: the application starts, refuses at once, and recovers', async () => {
      const line = await Line.to(place.url);
      await line.cut();
      const { browser } = await start(place, {}, {}, line);
      const visitor = browser();
      const [visit, look] = [await timed(visitor.post('/visit')), await visitor.get('/look')];
      expect(isRefusal(visit)).toBe(true);
      expect(visit.milliseconds).toBeLessThan(AT_ONCE);
      expect(look.status).toBe(200); // it came without a session, and did not touch the store
      await line.open();
      await recovery(() => visitor.post('/visit'), 2_000);
      expect((await visitor.get('/look')).body).toMatchObject({ count: 1 });
    });

    it('is frozen at boot: the application starts in time', async () => {
      const line = await Line.to(place.url);
      line.hold();
      const began = performance.now();
      const { browser } = await start(place, {}, {}, line);
      expect(performance.now() - began).toBeLessThan(STORE_TIMEOUT + 1_000);
      expect(isRefusal(await browser().post('/visit'))).toBe(true);
      line.letThrough();
      await recovery(() => browser().post('/visit'), 2_000);
    });

    it('lends its only connection to the application: refused in time, and not done afterwards', async () => {
      const limit = { max: 1, onExceed: 'evict-oldest' } as const;
      const { browser, occupy } = await start(place, { max: 1 }, { limit });
      const device = browser();
      await device.post('/sign-in');
      const giveBack = await occupy();
      const other = browser();
      const answers = await Promise.all([
        timed(other.post('/sign-in')),
        timed(device.get('/look')),
      ]);
      expect(refusals(answers)).toBe(2);
      expect(longest(answers)).toBeLessThan(IN_TIME);
      giveBack();
      await recovery(() => browser().post('/visit'), 2_000);
      expect((await device.get('/look')).body).toMatchObject({ user: 'ada-the-user' });
      expect((await other.get('/look')).body).not.toHaveProperty('user');
    });

    it('has a row locked by somebody else: that session is refused in time, others go on', async () => {
      const { browser } = await start(place);
      const [visitor, other] = [browser(), browser()];
      await visitor.post('/visit');
      const [row] = await place.query('SELECT session_key FROM sesame_sessions');
      await other.post('/visit');
      const lock = await place.begin();
      // By its key: without one, MariaDB would lock the whole table.
      const key = String(row?.['session_key']);
      await lock.run(`UPDATE sesame_sessions SET turn_until = 0 WHERE session_key = '${key}'`);
      const [visit, another] = await Promise.all([
        timed(visitor.post('/visit')),
        other.post('/visit'),
      ]);
      expect(isRefusal(visit)).toBe(true);
      expect(visit.milliseconds).toBeLessThan(IN_TIME);
      expect(another.text).toBe('2');
      await lock.end();
      await recovery(() => visitor.post('/visit'), 2_000);
      // What was under way when it was refused may have been done.
      expect([2, 3]).toContain(Reflect.get(Object((await visitor.get('/look')).body), 'count'));
    });

    it('loses its tables: the log says how to create them, and they are used once they are back', async () => {
      const { browser } = await start(place);
      const visitor = browser();
      await visitor.post('/visit');
      await place.query('ALTER TABLE sesame_sessions RENAME TO elsewhere');
      const answers = await Promise.all([
        timed(visitor.post('/visit')),
        timed(browser().post('/sign-in')),
      ]);
      await place.query('ALTER TABLE elsewhere RENAME TO sesame_sessions');
      expect(refusals(answers)).toBe(2);
      expect(longest(answers)).toBeLessThan(AT_ONCE);
      expect(causes()).toContain(`npx nestjs-sesame sql ${dialect}`);
      expect((await visitor.post('/visit')).text).toBe('2');
    });

    it('loses the answer to a sign-in with its connection: it was done, or can be tried again', async () => {
      const { browser, line, sessions } = await start(place);
      const visitor = browser();
      await visitor.post('/visit');
      line.loseAnswerTo(dialect === 'postgres' ? 'sesame_move_session' : 'COMMIT');
      const answer = await timed(visitor.post('/sign-in'));
      expect(answer.status === 201 || isRefusal(answer)).toBe(true);
      if (answer.status !== 201) expect((await visitor.post('/sign-in')).status).toBe(201);
      expect((await visitor.get('/look')).body).toMatchObject({ user: 'ada-the-user' });
      expect(await sessions.list('ada-the-user')).toHaveLength(1);
    });

    it('loses the answer to a write for several requests: no change is made twice, or undone by a refusal', async () => {
      const { browser, line } = await start(place);
      const visitor = browser();
      await visitor.post('/visit');
      const count = (): Promise<Timed> => timed(visitor.post('/count'));
      const counts = async (): Promise<unknown> =>
        Reflect.get(Object((await visitor.get('/look')).body), 'count');
      // The first waits for a lock, and the others for the first.
      const lock = await place.begin();
      await lock.run('UPDATE sesame_sessions SET turn_until = 0');
      const first = count();
      await until(() => place.isSomebodyWaiting());
      const together = Array.from({ length: 5 }, count);
      const looks = Array.from({ length: 2 }, () => visitor.get('/look'));
      await Promise.all(looks); // so that all of them are in the queue
      line.loseAnswerTo('"count":7');
      await lock.end();
      const answers = await Promise.all([first, ...together]);
      expect(answers.every((one) => one.status === 201 || isRefusal(one))).toBe(true);
      const acknowledged = answers.filter(({ status }) => status === 201).length;
      const total = await counts();
      expect(total).toBeGreaterThanOrEqual(1 + acknowledged);
      expect(total).toBeLessThanOrEqual(7);
    });

    describeRefusals(dialect, () => place, start);
  });
}
