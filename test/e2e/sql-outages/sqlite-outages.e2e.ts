import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { closeApps } from '../../support/applications/nest-app.js';
import { SqlPlace } from '../../support/servers/sql-places.js';
import { isRefusal, recovery, timed } from '../redis-outages/outage-app.js';
import { startOutageOn, STORE_TIMEOUT } from './outage-place.js';

describe('SqlSessionStore, when SQLite', () => {
  let place: SqlPlace;
  beforeEach(async () => {
    place = await SqlPlace.start('sqlite');
    await place.install();
  });
  afterEach(async () => {
    await closeApps();
    await place.stop();
  });

  it('is locked by another process: requests are refused in time, and the process does not stand still', async () => {
    // As better-sqlite3 has it by default; it would keep the whole process waiting.
    const client = new Database(place.url, { timeout: 5_000 });
    const { browser } = await startOutageOn(place.store({ client }));
    const visitor = browser();
    await visitor.post('/visit');
    const lock = await place.begin();
    await lock.run('UPDATE sesame_sessions SET turn_until = 0');
    const refused = timed(visitor.post('/visit'));
    expect((await timed(browser().get('/health'))).milliseconds).toBeLessThan(STORE_TIMEOUT);
    expect(isRefusal(await refused)).toBe(true);
    expect((await refused).milliseconds).toBeLessThan(4_000);
    await lock.end();
    await recovery(() => visitor.post('/visit'), 2_000);
    expect(client.pragma('busy_timeout')).toEqual([{ timeout: 5_000 }]);
    client.close();
  });

  it('cannot be written, or is full: requests are refused at once, and it is used again afterwards', async () => {
    const client = new Database(place.url);
    const { browser } = await startOutageOn(place.store({ client }));
    const visitor = browser();
    await visitor.post('/visit');
    client.pragma('query_only = on');
    const [write, read] = [await timed(visitor.post('/visit')), await visitor.get('/look')];
    expect(isRefusal(write)).toBe(true);
    expect(write.milliseconds).toBeLessThan(STORE_TIMEOUT);
    expect(read.status).toBe(200);
    client.pragma('query_only = off');
    expect((await visitor.post('/visit')).text).toBe('2');
    client.close();
  });
});
