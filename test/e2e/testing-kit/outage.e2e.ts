import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { SessionService, SessionStoreUnavailableException } from 'nestjs-sesame';
import { SessionTesting } from 'nestjs-sesame/testing';
import type { SignedIn } from 'nestjs-sesame/testing';
import request from 'supertest';
import { closeShops, seen, startShop } from './shop-app.js';

let sessions: SessionTesting;
let app: INestApplication;
let alice: SignedIn;

beforeEach(async () => {
  sessions = new SessionTesting({ storeTimeout: '50ms' });
  app = await startShop(sessions);
  alice = await sessions.signIn('alice');
});
afterEach(closeShops);

const add = (item: string) =>
  request(app.getHttpServer()).post('/items').set(alice.headers).send({ item });
const items = async () =>
  (await request(app.getHttpServer()).get('/me').set(alice.headers)).body.items;

describe('the store of the sessions under test', () => {
  it('fails until it recovers', async () => {
    sessions.store.fail();
    await add('tea').expect(503).expect('Retry-After', '1');
    await expect(sessions.signIn('bob')).rejects.toThrow(SessionStoreUnavailableException);
    await expect(app.get(SessionService).list('alice')).rejects.toThrow(
      SessionStoreUnavailableException,
    );
    sessions.store.recover();
    await add('tea').expect(201);
    expect(await items()).toEqual(['tea']);
  });

  it("fails with the test's own error, which the events report", async () => {
    const error = new Error('READONLY You cannot write against a read only replica.');
    sessions.store.fail(error);
    await add('tea').expect(503);
    const { type, cause } = Object(sessions.events.at(-1));
    expect([type, Object(cause).cause]).toEqual(['storeFailed', error]);
  });

  it('hangs until it recovers, but no request hangs with it', async () => {
    sessions.store.hang();
    await add('tea').expect(503);
    sessions.store.recover();
    expect(await seen(app, alice.headers)).toEqual([200, undefined]);
    expect(await items()).toEqual([]);
  });

  it('carries out what was hanging if it recovers in time', async () => {
    const patient = new SessionTesting();
    app = await startShop(patient);
    alice = await patient.signIn('alice');
    patient.store.hang();
    const settled = jest.fn();
    const list = app.get(SessionService).list('alice').finally(settled);
    await nextTurn();
    expect(settled).not.toHaveBeenCalled();
    patient.store.recover();
    expect(await list).toHaveLength(1);
  });

  it('can start to fail while it hangs', async () => {
    const patient = new SessionTesting({ storeTimeout: '1h' });
    app = await startShop(patient);
    patient.store.hang();
    const list = app.get(SessionService).list('alice');
    patient.store.fail();
    await expect(list).rejects.toThrow(SessionStoreUnavailableException);
  });

  it('can hang while the application closes', async () => {
    sessions.store.hang();
    await add('tea').expect(503);
    await app.close();
  });
});
