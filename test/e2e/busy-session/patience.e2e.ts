import { afterEach, describe, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';
import { startBusyApp, statusesOf } from './busy-app.js';
import type { BusyApp, Waiting } from './busy-app.js';

afterEach(closeApps);

const STORE_TIMEOUT = 1_600;

const IMPATIENT = '/update/impatient';
const PATIENT = '/update/patient';

/** A busy session whose store answers nothing that is paused. */
async function start() {
  const store = new IndexedScriptedStore();
  const app = await startBusyApp({ store, storeTimeout: STORE_TIMEOUT });
  const browser = app.browser();
  await browser.post('/set/begun', {});
  return { store, app, browser };
}

type Started = Awaited<ReturnType<typeof start>>;

/** A write that hangs until it is given up. */
async function hang({ store, app, browser }: Started, path: string) {
  const write = store.pause('replace');
  const waiting = await app.send(browser, path);
  await write.arrived;
  return { write, waiting };
}

/** How many milliseconds of the storeTimeout the read leaves: what follows has to happen in this time. */
const MARGIN = STORE_TIMEOUT / 4;

/** A request whose reading of the session has taken most of a storeTimeout, and now goes on. */
async function comeLate(started: Started, path: string) {
  const { store, app, browser } = started;
  const { write, waiting } = await hang(started, '/set/first');
  const other = app.browser();
  const begun = performance.now();
  while (performance.now() - begun < MARGIN) await other.get('/all');
  const reading = store.pause('read');
  const answer = browser.post(path);
  await reading.arrived;
  expect(await statusesOf([waiting])).toEqual([503]);
  write.resolve();
  return {
    join: async (): Promise<Waiting> => {
      const joined = app.following();
      reading.resolve();
      await joined;
      return { answer };
    },
  };
}

const join = (app: BusyApp, browser: Browser): Promise<Waiting> => app.send(browser, PATIENT);

describe('among requests that share a write', () => {
  it.each(['in front of', 'behind'])(
    'one that has little time left fails alone: %s the other',
    async (place) => {
      const started = await start();
      const { store, app, browser } = started;
      const late = await comeLate(started, IMPATIENT);
      const { write, waiting } = await hang(started, '/set/second');
      const isFirst = place === 'in front of';
      const early = isFirst ? undefined : await join(app, browser);
      const impatient = await late.join();
      const patient = early ?? (await join(app, browser));
      const shared = store.pause('replace');
      // It has waited for one and three quarters of a storeTimeout then, and the other one for one.
      expect(await statusesOf([waiting])).toEqual([503]);
      await shared.arrived;
      const { status, headers } = await impatient.answer;
      expect([status, headers.has('retry-after')]).toEqual([503, true]);
      shared.resolve();
      expect(await statusesOf([patient])).toEqual([200]);
      const order = [IMPATIENT, PATIENT];
      const runs = (isFirst ? order : order.toReversed()).map((path) => path.split('/')[2]);
      expect((await browser.get('/runs')).body).toEqual(runs);
      expect((await browser.get('/all')).body).toMatchObject({
        begun: 'begun',
        patient: 'patient',
      });
      write.resolve();
    },
  );
});
